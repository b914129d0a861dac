// Requests as nobody decent sends them, byte by byte over a socket.
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJson } from './read-json.ts';
import { listen, type RunningHttp } from './server.ts';

const served: string[] = [];
let http: RunningHttp;
beforeAll(async () => {
  const app = new Hono();
  app.onError((_error, c) => c.text('', 422)); // a body that broke off
  app.all('*', async (c) => {
    served.push(`${c.req.method} ${c.req.path}`);
    return c.json({ got: c.req.method === 'GET' || c.req.method === 'HEAD' ? null : await readJson(c.req.raw) } as object);
  });
  const limits = { headersTimeout: 300, requestTimeout: 5_000, connectionsCheckingInterval: 50, bodyGraceMs: 200 };
  http = await listen(app.fetch as never, { port: 0, host: '127.0.0.1', limits });
});
afterAll(() => http.close());

/** All that the server answers until it or we end the connection. */
async function send(text: string, { more }: { more?: (socket: Socket) => void } = {}): Promise<string> {
  const socket = connect(http.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => {
    answer += data.toString('latin1');
  });
  socket.on('error', () => {}); // a connection that is ended at once
  socket.write(text);
  more?.(socket);
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve)); // `once` would throw where it is reset
  return answer;
}
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const end = 'Connection: close\r\n';

test('a request is answered, and HEAD as GET without a body', async () => {
  expect(await send(`GET /a HTTP/1.1\r\nHost: x\r\n${end}\r\n`)).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"got":null\}/);
  const head = await send(`HEAD /a HTTP/1.1\r\nHost: x\r\n${end}\r\n`);
  expect(statusOf(head)).toBe(200);
  expect(head).not.toContain('got');
});

test.each([
  [
    'a length beside chunks',
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`,
  ],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
  ],
  ['a length that is none', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd'],
  ['an encoding that is none', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['a chunk of no size', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n'],
  ['a space before a colon', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n'],
  ['a header over two lines', 'GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n'],
  ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ['a host with a path', 'GET / HTTP/1.1\r\nHost: x/y\r\n\r\n'],
  ['no HTTP at all', 'hello\r\n\r\n'],
])('%s is refused, and nothing behind it is taken for a request', async (_what, text) => {
  served.length = 0;
  expect(statusOf(await send(text.replace(/\r\n\r\n$/, `\r\n${end}\r\n`)))).toBeOneOf([400, 422]);
  expect(served.filter((one) => one.includes('smuggled'))).toEqual([]);
});

test('methods that nobody needs are refused before anything looks at them', async () => {
  served.length = 0;
  for (const method of ['TRACE', 'PROPFIND', 'SEARCH', 'PURGE', 'LOCK'])
    expect(statusOf(await send(`${method} / HTTP/1.1\r\nHost: x\r\n\r\n`)), method).toBe(405);
  expect(statusOf(await send('CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test\r\n\r\n'))).toBe(0);
  expect(served).toEqual([]);
});

test('an address or headers beyond 16 KiB are refused', async () => {
  expect(statusOf(await send(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`))).toBe(431);
  expect(statusOf(await send(`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`))).toBe(431);
});

test('whoever does not finish the headers in time is told so and let go', async () => {
  expect(statusOf(await send('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '))).toBe(408);
});

test('a body that comes by the byte is let go of, and its request is not done', async () => {
  const drip = (socket: Socket) => {
    const timer = setInterval(() => socket.write(' '), 20);
    socket.once('close', () => clearInterval(timer));
  };
  const began = performance.now();
  const answer = await send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{', { more: drip });
  expect(answer).not.toContain('got');
  expect(performance.now() - began).toBeLessThan(3_000);
});

test('a body that comes at a pace is read to its end, however long that takes', async () => {
  const pieces = Array.from({ length: 20 }, () => ' '.repeat(1_000));
  const feed = (socket: Socket) => {
    const timer = setInterval(() => {
      const piece = pieces.pop();
      socket.write(piece ?? '}');
      if (piece === undefined) clearInterval(timer);
    }, 40);
  };
  const answer = await send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20002\r\n${end}\r\n{`, { more: feed });
  expect(answer).toContain('{"got":{}}');
});

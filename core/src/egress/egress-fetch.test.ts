import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveHttps, testAuthority } from '../testing/https.ts';
import { createEgressFetch } from './egress-fetch.ts';

let port = 0;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ port, close } = await serveHttps(answer));
});
afterAll(() => close());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, headers, url } = request;
  if (url === '/moved') return void response.writeHead(307, { location: '/echo' }).end();
  if (url === '/none') return void response.writeHead(204).end();
  if (url === '/large') return void response.end('x'.repeat(2_000));
  if (url === '/silent') return void response.writeHead(200).write('a beginning');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  response.end(JSON.stringify({ method, key: headers['x-key'], body: Buffer.concat(chunks).toString() }));
}

const options = { isLoopbackOpen: true, resolve: async () => ['127.0.0.1'], ca: testAuthority, mostBytes: 1_000, idleMs: 60_000 };
const ask = (path: string, init?: RequestInit, more: Partial<typeof options> = {}) =>
  createEgressFetch({ ...options, ...more })(`https://client.example:${port}${path}`, init);

test('method, headers and body arrive; a redirect is an answer and is not followed', async () => {
  const answered = await ask('/echo', { method: 'POST', body: '{"a":1}', headers: { 'X-Key': 'k' } });
  expect(await answered.json()).toEqual({ method: 'POST', key: 'k', body: '{"a":1}' });
  expect((await ask('/none')).status).toBe(204);
  const moved = await ask('/moved', { method: 'POST', body: 'x' });
  expect([moved.status, moved.headers.get('location')]).toEqual([307, '/echo']);
});

test('what nobody may read from is refused before anything is sent', async () => {
  const closed = { ...options, isLoopbackOpen: false };
  for (const url of [`https://client.example:${port}/echo`, 'https://10.0.0.1/', 'http://1.1.1.1/', 'https://u:p@1.1.1.1/'])
    await expect(createEgressFetch(closed)(url), url).rejects.toMatchObject({ code: 'egress.refused' });
});

test('a body that is too long breaks off, and one that stops coming is ended with its connection', async () => {
  await expect((await ask('/large')).text()).rejects.toMatchObject({ code: 'egress.too_large' });
  await expect((await ask('/silent', {}, { idleMs: 50 })).text()).rejects.toThrow();
  const left = new AbortController();
  const silent = await ask('/silent', { signal: left.signal });
  left.abort(new Error('left'));
  await expect(silent.text()).rejects.toThrow();
});

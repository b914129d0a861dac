import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { testEmbeddings } from '../testing/embeddings-suite.ts';
import { createHttpEmbeddings } from './http.ts';
import { openEmbeddings } from './open.ts';

const dimensions = 8;
const apiKey = 'sk-canary-0123456789';
const ends: (() => void)[] = [];

interface Call {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: { model: string; input: string[] };
}

type Reply = (call: Call, response: ServerResponse) => void;

afterAll(() => {
  for (const end of ends.splice(0)) end();
});

testEmbeddings('an OpenAI-compatible address', async () => {
  const server = await listen(embed);
  return openEmbeddings({ kind: 'http', url: server.url, apiKey, model: 'test-model', dimensions });
});

test('the key, the model and at most 64 texts go to the address with /embeddings', async () => {
  const server = await listen(embed);
  const embeddings = createHttpEmbeddings({ url: `${server.url}/`, apiKey, model: 'test-model', dimensions });
  await embeddings.embed(Array.from({ length: 100 }, (_, index) => `text ${index}`));
  expect(server.calls.map((call) => call.body.input.length)).toEqual([64, 36]);
  expect(server.calls[0]).toMatchObject({
    path: '/v1/embeddings',
    authorization: `Bearer ${apiKey}`,
    body: { model: 'test-model' },
  });
});

test('without a key no authorization is sent', async () => {
  const server = await listen(embed);
  await createHttpEmbeddings({ url: server.url, model: 'm', dimensions }).embed(['a']);
  expect(server.calls[0]?.authorization).toBeUndefined();
});

test.each([429, 500, 503])('a server that answers %i once is asked once more, after the pause that it names', async (status) => {
  const server = await listen((call, response) => {
    if (server.calls.length > 1) return embed(call, response);
    response.writeHead(status, { 'retry-after': '0' }).end();
  });
  expect(await createHttpEmbeddings({ url: server.url, model: 'm', dimensions }).embed(['a'])).toHaveLength(1);
  expect(server.calls).toHaveLength(2);
});

test('a pause that is too long is not waited for', async () => {
  const server = await listen((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end());
  const refusal = { code: 'embeddings.unavailable', details: { status: 429, retryAfterSeconds: 3600 } };
  await expect(createHttpEmbeddings({ url: server.url, model: 'm', dimensions }).embed(['a'])).rejects.toMatchObject(refusal);
  expect(server.calls).toHaveLength(1);
});

test.each<[string, Reply, object]>([
  ['refuses twice', (_, response) => response.writeHead(503, { 'retry-after': '0' }).end(apiKey), { status: 503 }],
  [
    'quotes the key as wrong',
    (_, response) => response.writeHead(401).end(`Incorrect API key provided: ${apiKey}`),
    { status: 401 },
  ],
  [
    'answers something else',
    (_, response) => response.end(`{"error":"${apiKey}"}`),
    { reason: 'The answer is not one of an embedding server.' },
  ],
  ['answers no JSON', (_, response) => response.end(`<html>${apiKey}`), { reason: 'SyntaxError' }],
  ['answers fewer numbers', answerWith([1, 2, 3]), { expected: dimensions, got: 3 }],
  ['answers zeros', answerWith(Array(dimensions).fill(0)), { reason: 'a vector without a direction' }],
  ['sends us elsewhere', (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(), {}],
  ['hangs up', (_, response) => response.destroy(), {}],
])('a server that %s is unavailable, and no error holds the key', async (_, reply, details) => {
  const server = await listen(reply);
  const embeddings = createHttpEmbeddings({ url: server.url, apiKey, model: 'm', dimensions });
  const error: unknown = await embeddings.embed(['a']).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'embeddings.unavailable', kind: 'unavailable', details });
  expect(everythingIn(error)).not.toContain(apiKey);
});

test.each([
  ['an address that is none', { url: 'localhost' }],
  ['another protocol', { url: 'file:///etc' }],
  ['a name in the address', { url: 'http://me:secret@127.0.0.1/v1' }],
  ['a key of two lines', { apiKey: `${apiKey}\r\nx-evil: 1` }],
  ['no dimensions', { dimensions: 0 }],
  ['no model', { model: '' }],
])('%s is refused at once, without naming the key', (_, change) => {
  const settings = { url: 'http://127.0.0.1/v1', apiKey, model: 'm', dimensions, ...change };
  const error = thrownBy(() => createHttpEmbeddings(settings));
  expect(error).toMatchObject({ code: 'embeddings.bad_settings', kind: 'invalid' });
  expect(everythingIn(error)).not.toContain(apiKey);
});

async function listen(reply: Reply): Promise<{ url: string; calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const call = {
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: JSON.parse(await readText(request)),
    };
    calls.push(call);
    reply(call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No address.');
  return { url: `http://127.0.0.1:${address.port}/v1`, calls };
}

/** Vectors from the hash of each text, not of length one, and in the wrong order. */
function embed({ body }: Call, response: ServerResponse): void {
  const data = body.input.map((text, index) => ({
    index,
    embedding: [...createHash('sha256').update(text).digest()].slice(0, dimensions),
  }));
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: data.reverse(), model: body.model }));
}

function answerWith(embedding: number[]): Reply {
  return (_, response) => response.end(JSON.stringify({ data: [{ index: 0, embedding }] }));
}

function thrownBy(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

function everythingIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, JSON.stringify(error), everythingIn(error.cause)].join('\n');
}

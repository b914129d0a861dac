// Whom the house talks to: each keeps what it hears, and may turn sour: then it refuses, and quotes what it was shown, as such servers do.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { atEnd } from '@troupe-os/core/testing';
import { SMTPServer } from 'smtp-server';
import { addRequest, type Heard, type Outputs } from './outputs.ts';

export interface Outside {
  readonly url: string;
  readonly port: number;
}

/** Shared by all of them: whether they are sour now. */
export interface Weather {
  isSour: boolean;
}

type Answer = (heard: Heard & { method: string }, response: ServerResponse) => void | Promise<void>;

/** An HTTP server that keeps each request under its kind. In sour weather it answers with `quoting`. */
export async function openOutside(
  { outputs, weather }: { outputs: Outputs; weather: Weather },
  { kind, answer, quoting }: { kind: string; answer: Answer; quoting(heard: Heard): { status: number; body: string } },
): Promise<Outside> {
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const heard = { headers: request.headers, address: request.url ?? '', body, method: request.method ?? '' };
      addRequest(outputs, kind, heard);
      if (!weather.isSour) return answer(heard, response);
      const sour = quoting(heard);
      response.writeHead(sour.status, { 'content-type': 'application/json' }).end(sour.body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  server.unref();
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}`, port };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Passes on to another server, and its answer back as it comes. */
export const passOn =
  (to: string): Answer =>
  async ({ address, body, headers, method }, response) => {
    const answered = await fetch(to + address, {
      method,
      body: new Uint8Array(body),
      headers: { 'content-type': headers['content-type'] ?? '' },
    });
    response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answered.arrayBuffer()));
  };

/** `POST /embeddings` as OpenAI answers it; whatever is asked lies somewhere else. */
export const embed =
  (dimensions: number): Answer =>
  ({ body }, response) => {
    const { input } = JSON.parse(body.toString()) as { input: string[] };
    const data = input.map((text, index) => ({
      index,
      embedding: Array.from({ length: dimensions }, (_, at) => Math.sin(text.length * (at + 1))),
    }));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
  };

/** A chain that takes every transaction and puts none into a block. */
export const mine =
  (chainId: number): Answer =>
  ({ body }, response) => {
    const { id, method, params } = JSON.parse(body.toString()) as { id: number; method: string; params: unknown[] };
    const hex = (number: number) => `0x${number.toString(16)}`;
    const answers: Readonly<Record<string, unknown>> = {
      eth_chainId: hex(chainId),
      eth_getBlockByNumber: {
        number: hex(7),
        hash: `0x${'7'.repeat(64)}`,
        timestamp: hex(1_800_000_000),
        baseFeePerGas: hex(1_000),
      },
      eth_estimateGas: hex(30_000),
      eth_maxPriorityFeePerGas: hex(1_000),
      eth_getBalance: hex(10 ** 15),
      eth_getTransactionCount: hex(0),
      eth_sendRawTransaction: String(params[0]).slice(0, 66),
    };
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method] ?? null }));
  };

/** A bucket in memory, in the path of the address; it believes every signature. */
export function keepObjects(outputs: Outputs): Answer {
  const objects = new Map<string, { body: Buffer; type: string }>();
  return ({ method, address, body, headers }, response) => {
    const key = address.split('?')[0] ?? '';
    const found = objects.get(key);
    if (method === 'PUT') {
      objects.set(key, { body, type: headers['content-type'] ?? '' });
      outputs.add('object', key, body);
      return void response.writeHead(200, { etag: '"1"' }).end();
    }
    if (method === 'DELETE') return void response.writeHead(objects.delete(key) ? 204 : 404).end();
    if (address.includes('list-type=2'))
      return void response.setHeader('content-type', 'application/xml').end(listOf(objects, address));
    if (!found) return void response.writeHead(404).end();
    const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? [];
    const part = found.body.subarray(Number(from), to === '' ? undefined : Number(to) + 1);
    response.writeHead(headers.range ? 206 : 200, { 'content-type': found.type, 'content-length': part.length });
    response.end(method === 'HEAD' ? undefined : part);
  };
}

/** `ListObjectsV2`, all in one page. */
function listOf(objects: ReadonlyMap<string, { body: Buffer }>, address: string): string {
  const url = new URL(address, 'http://bucket');
  const bucket = url.pathname.replace(/\/$/, '');
  const below = `${bucket}/${url.searchParams.get('prefix') ?? ''}`;
  const found = [...objects].filter(([key]) => key.startsWith(below)).sort();
  const contents = found.map(
    ([key, { body }]) => `<Contents><Key>${key.slice(bucket.length + 1)}</Key><Size>${body.length}</Size></Contents>`,
  );
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
}

export interface Post extends Outside {
  /** The text of the newest letter to this address, as soon as there is one. */
  letterTo(address: string): Promise<string>;
}

/** Where letters arrive, behind a name and a password. */
export async function openPost({ outputs, weather }: { outputs: Outputs; weather: Weather }): Promise<Post> {
  const letters = new Map<string, string>();
  const waiting = new Set<() => void>();
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username = '', password = '' }, _, done) {
      if (weather.isSour) return done(new Error(`535 5.7.8 ${username} cannot sign in with ${password}`));
      done(null, { user: username });
    },
    onData(stream, session, done) {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      stream.once('end', () => {
        for (const { address } of session.envelope.rcptTo) {
          letters.set(address, text);
          outputs.add('letter', address, text);
          outputs.add('letter', address, plain(text));
        }
        for (const look of waiting) look();
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  atEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    letterTo: (address) =>
      new Promise((resolve) => {
        const look = () => {
          const letter = letters.get(address);
          if (letter === undefined) return;
          waiting.delete(look);
          resolve(plain(letter));
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Quoted-printable, read (RFC 2045, 6.7). */
const plain = (text: string): string =>
  text.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

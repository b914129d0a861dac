// The ways to an outside server: HTTP behind the egress guard, or a program of its own.
import { StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { createEgressFetch } from '@troupe-os/core/surface';
import { fillIn, LOOPBACK, type OutsideTransport, type Said } from './options.ts';

/** The longest message that is taken from an outside server. */
const MOST_BYTES = 4 * 1024 * 1024;
const IDLE_MS = 120_000;
const KEPT_OF_STDERR = 2_000;

export interface OpenTransport {
  readonly transport: Transport;
  /** The last that a program has said on its standard error: it may hold anything, so it is shown to whoever runs the house alone. */
  complaints(): string;
}

export function openTransport(way: OutsideTransport, said: Said): OpenTransport {
  return 'url' in way ? overHttp(way, said) : ofProgram(way, said);
}

function overHttp({ url, headers = {} }: Extract<OutsideTransport, { url: string }>, said: Said): OpenTransport {
  const fetch = createEgressFetch({ mostBytes: MOST_BYTES, idleMs: IDLE_MS, isLoopbackOpen: said[LOOPBACK] === 'on' });
  const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fillIn(value, said)]));
  const transport = new StreamableHTTPClientTransport(new URL(fillIn(url, said)), { fetch, requestInit: { headers: filled } });
  return { transport, complaints: () => '' };
}

function ofProgram({ command, args = [], env = {} }: Extract<OutsideTransport, { command: string }>, said: Said): OpenTransport {
  const transport = new StdioClientTransport({
    command,
    args: args.map((word) => fillIn(word, said)),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fillIn(value, said)])),
    stderr: 'pipe',
    maxBufferSize: MOST_BYTES,
  });
  let last = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    last = (last + chunk.toString()).slice(-KEPT_OF_STDERR);
  });
  return { transport, complaints: () => last.trim() };
}

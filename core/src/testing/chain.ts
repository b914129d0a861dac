// An EVM chain of its own on loopback (anvil), which the test writes, forgets and stops as it likes.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { atEnd } from './endings.ts';

export interface TestChain {
  readonly url: string;
  /** Calls a method of JSON-RPC, anvil's own included. */
  ask<T>(method: string, ...params: readonly unknown[]): Promise<T>;
  stop(): Promise<void>;
}

/** Where anvil is on this machine; undefined: its package brings none for it. */
export function anvil(): string | undefined {
  const { platform, arch } = process;
  const found = createRequire(import.meta.url)
    .resolve.paths('@foundry-rs')
    ?.map((folder) => `${folder}/@foundry-rs/anvil-${platform}-${arch === 'x64' ? 'amd64' : arch}/bin/anvil`);
  return found?.find((path) => existsSync(path));
}

/** `words`: anvil's own flags, `--no-mining` or `--port N` among them. */
export async function startTestChain(program: string, words: readonly string[] = []): Promise<TestChain> {
  const child = spawn(program, ['--host', '127.0.0.1', ...(words.includes('--port') ? [] : ['--port', '0']), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await listening(child);
  return {
    url,
    async ask<T>(method: string, ...params: readonly unknown[]) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const { result, error } = (await response.json()) as { result: T; error?: { message: string } };
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}

export interface ChainGate {
  readonly url: string;
  /** The methods that were asked for. */
  readonly seen: string[];
  /** Those of them whose answers came back. */
  readonly answered: string[];
  /** What is lost of a transaction that is sent: `request` does not reach the node, `answer` does not come back, `held` waits for ever. */
  lose: 'request' | 'answer' | 'held' | undefined;
  isAway: boolean;
}

/** Stands before a node, and fails as a network does. */
export async function startChainGate(url: string): Promise<ChainGate> {
  const gate = { url: '', seen: [] as string[], answered: [] as string[], lose: undefined as ChainGate['lose'], isAway: false };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method } = JSON.parse(body) as { method: string };
    gate.seen.push(method);
    const lost = method === 'eth_sendRawTransaction' ? gate.lose : undefined;
    if (lost === 'held') return;
    if (gate.isAway || lost === 'request') return void request.socket.destroy();
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const text = await answer.text();
    if (lost === 'answer') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text, () => gate.answered.push(method));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  gate.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gate;
}

async function listening(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('It was started with a pipe.');
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /^Listening on (\S+)/.exec(line)?.[1];
    if (!address) continue;
    child.stdout.resume();
    return `http://${address}`;
  }
  throw new Error('The chain did not start.');
}

// An EVM chain of its own on loopback (anvil), which the test writes, forgets and stops as it likes.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

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

// A server as its user starts it: `npm start` without npm, seen from outside.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Home } from './places.ts';

const launcher = join(dirname(dirname(import.meta.dirname)), 'bin/launch.mjs');
const READY_MS = 180_000;

export interface BenchServer {
  readonly url: string;
  /** The local operator's key. */
  readonly token: string;
  /** Of the launcher, whose child the server is. */
  readonly pid: number;
  /** From the command to the ready line, by this process's clock. */
  readonly readySeconds: number;
  /** What the ready line itself says. */
  readonly saidSeconds: number;
  /** Tells it to stop. Answers the seconds until it was gone. */
  stop(): Promise<number>;
}

/** Starts on a free port and asks once, so that "ready" is not only a word. Throws what the server said if it ends before. */
export async function startServer(
  { folder, databaseUrl }: Home,
  { words = [], env = {} }: { words?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<BenchServer> {
  const { PATH, HOME, TMPDIR } = process.env;
  const own = { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), PORT: '0', LOG_LEVEL: 'error', TROUPE_HOME: folder };
  const began = performance.now();
  const child = spawn(process.execPath, [launcher, 'start', ...words], {
    env: { ...own, ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = () => void child.kill();
  process.once('exit', endWithUs);
  let said = '';
  const ready = new Promise<RegExpMatchArray>((resolve, reject) => {
    const hear = (text: string) => {
      said += text;
      const found = said.match(/^ready (http:\/\/\S+) in ([\d.]+) s$/m);
      if (found) resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('close', (code, signal) => reject(new Error(`The server ended with ${code ?? signal}: ${said}`)));
    AbortSignal.timeout(READY_MS).addEventListener('abort', () => reject(new Error(`The server is not ready: ${said}`)));
  });
  const [, url = '', seconds] = await ready.catch((error: unknown) => {
    child.kill();
    throw error;
  });
  const readySeconds = (performance.now() - began) / 1000;
  const answer = await fetch(`${url}/readyz`);
  if (!answer.ok) throw new Error(`The server says ready and answers ${answer.status}: ${await answer.text()}`);
  const { token } = JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')) as { token: string };
  return {
    url,
    token,
    pid: child.pid ?? 0,
    readySeconds,
    saidSeconds: Number(seconds),
    async stop() {
      const told = performance.now();
      const gone = once(child, 'close');
      child.kill('SIGTERM');
      await gone;
      process.off('exit', endWithUs);
      return (performance.now() - told) / 1000;
    },
  };
}

/** Asks an action as the local operator. */
export async function ask<T>({ url, token }: Pick<BenchServer, 'url' | 'token'>, action: string, input: unknown): Promise<T> {
  const response = await fetch(`${url}/api/${action.replace('.', '/')}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
  return (await response.json()) as T;
}

// How the command line reaches the house: the running server when there is one, else the same app in this process.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Door } from '../define/command.ts';
import { houseErrors } from '../errors.ts';
import { makeHome } from '../make-home.ts';
import type { FoundInstallation } from './installation.ts';

/** What a running server leaves in its home folder, readable by the folder's owner only. */
export interface ServerFile {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
}

export const serverFileOf = (home: string) => join(home, 'server.json');

const ALIVE_MS = 2_000;
const BACKGROUND_MS = 60_000;
const POLL_MS = 50;

/** The server that runs in this home, or undefined. */
export async function runningServer(home: string): Promise<Door | undefined> {
  const file = readServerFile(home);
  if (!file) return undefined;
  const alive = await fetch(`${file.url}/livez`, { signal: AbortSignal.timeout(ALIVE_MS) }).then(
    (response) => response.ok,
    () => false,
  );
  return alive ? doorTo(file) : undefined;
}

/** Opens the house for one command. `close` finishes what the command began. */
export async function openDoor(found: FoundInstallation): Promise<{ door: Door; close(): Promise<void> }> {
  const running = await runningServer(found.settings.home);
  if (running) return { door: running, close: async () => {} };
  const { openHouse } = await import('../house.ts');
  const { createApp } = await import('../http/app.ts');
  const house = await openHouse(await found.load(), { ...found.settings, logLevel: 'error' });
  await house.kernel.seed({ rehearsal: false });
  await house.kernel.startWorkers({ concurrency: 2 });
  const token = randomBytes(32).toString('base64url');
  const { publicUrl } = found.settings;
  const app = createApp({ kernel: house.kernel, metrics: house.metrics, localKey: token, hosts: undefined, publicUrl });
  return {
    door: {
      url: undefined,
      token,
      fetch: async (path, init) => app.fetch(new Request(new URL(path, publicUrl), withToken(token, init))),
    },
    async close() {
      const settled = await house.kernel.settle();
      if (!settled) process.stderr.write('Some jobs are not done yet: they go on when the server is started.\n');
      await house.close();
    },
  };
}

/** The running server, or one started in the background for commands that talk for a while. Errors: core.no_server. */
export async function joinServer(found: FoundInstallation): Promise<Door> {
  const { home } = found.settings;
  const running = await runningServer(home);
  if (running) return running;
  makeHome(home);
  const logPath = join(home, 'server.log');
  const log = openSync(logPath, 'a', 0o600);
  const main = new URL('./main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'start'], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: found.root,
    env: { PORT: '0', ...found.childEnvironment() },
  });
  closeSync(log);
  child.unref();
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  const until = performance.now() + BACKGROUND_MS;
  while (performance.now() < until) {
    const door = await runningServer(home);
    if (door) return door;
    if (ended) break;
    await setTimeout(POLL_MS);
  }
  throw houseErrors.no_server({ log: logPath });
}

/** A server by its address, as whoever has the token. */
export function doorTo({ url, token }: Pick<ServerFile, 'url' | 'token'>): Door {
  return { url, token, fetch: (path, init) => fetch(`${url}${path}`, withToken(token, init)) };
}

function withToken(token: string, init: RequestInit = {}): RequestInit {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/** Who says to serve this home; it may have died since. */
export function readServerFile(home: string): ServerFile | undefined {
  try {
    return JSON.parse(readFileSync(serverFileOf(home), 'utf8')) as ServerFile;
  } catch {
    return undefined; // no server, or one that is just being started or stopped
  }
}

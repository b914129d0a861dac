// A whole house for the browser: the real server process, in a folder and on a port of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_MS = 120_000;
/** The house of the story is whole in its folder, whatever this machine has set. */
const NOTHING_ELSE = { DATABASE_URL: '', S3_BUCKET: '', PUBLIC_URL: '', TROUPE_MODEL: '' };

export interface RunningHouse {
  readonly url: string;
  readonly home: string;
  /** The Owner's first sign-in, as it was printed. */
  readonly signInLink: string;
  stop(): Promise<void>;
}

/** Starts it with the rehearsal catalogue, and waits until it has printed the sign-in link. `env`: what it is told beside. */
export async function startHouse(env: NodeJS.ProcessEnv = {}): Promise<RunningHouse> {
  const home = await mkdtemp(join(tmpdir(), 'troupe-e2e-'));
  const port = await freePort();
  const server = spawn(process.execPath, ['--liftoff-only', 'core/src/cli/main.ts', 'start'], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...NOTHING_ELSE,
      TROUPE_HOME: home,
      PORT: String(port),
      HOST: '127.0.0.1',
      NODE_ENV: 'production',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const signInLink = await printedLink(server);
  return {
    url: `http://127.0.0.1:${port}`,
    home,
    signInLink,
    async stop() {
      server.kill('SIGTERM');
      if (server.exitCode === null) await once(server, 'exit');
      await rm(home, { recursive: true, force: true });
    },
  };
}

function printedLink(server: ChildProcess): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error(`the server did not start: ${said}`)), START_MS);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const link = /http:\/\/\S+\/sign-in\/link\?token=\S+/.exec(said)?.[0];
        if (!link) return;
        clearTimeout(tooLate);
        resolve(link);
      });
    }
  });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port');
  return address.port;
}

// A server process of its own, which can be killed at any moment, and how it is asked.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Home } from '../../bench/places.ts';

const repository = join(import.meta.dirname, '../../..');
const READY_MS = 180_000;
const ANSWER_MS = 30_000;

export interface Server {
  readonly url: string;
  /** The local operator's key. */
  readonly token: string;
  kill(): Promise<void>;
  /** SIGTERM. Answers the exit code. */
  stop(): Promise<number | null>;
}

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly callId: string;
  readonly replayed: boolean;
}

/** Counted, and never reached: at the end every acknowledged call is asked once more, as fast as it is answered. */
const MANY_CALLS = 'actor=1000000 address=1000000 guest-writes=1000000 guest-failures=1000000';

/** What a house is told by its environment. */
export function environmentOf({ folder, databaseUrl }: Home, smtpUrl: string): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return {
    ...{ PATH, HOME, PORT: '0', LOG_LEVEL: 'silent', TROUPE_HOME: folder },
    ...(TMPDIR ? { TMPDIR } : {}),
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
    ...{ SMTP_URL: smtpUrl, MAIL_FROM: 'Troupe <post@troupe.test>' },
    TROUPE_CALL_LIMITS: MANY_CALLS,
    NODE_COMPILE_CACHE: join(repository, 'node_modules/.cache/compile'),
  };
}

/** The command line in a process of its own, with the installation beside this file. */
export function launch(words: readonly string[], env: NodeJS.ProcessEnv) {
  const main = join(repository, 'core/src/cli/main.ts');
  const child = spawn(process.execPath, [main, ...words], {
    cwd: dirname(import.meta.filename),
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  const endWithUs = () => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const ended = once(child, 'close').then(() => process.off('exit', endWithUs));
  return { child, ended, said: () => said };
}

/** Starts on a free port. `killAfterMs`: it is killed so long after its start, and none is answered if it was not ready by then. */
export async function startServer(env: NodeJS.ProcessEnv, killAfterMs?: number): Promise<Server | undefined> {
  const { child, ended, said } = launch(['start', '--empty'], env);
  if (killAfterMs !== undefined) {
    const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await ended;
    clearTimeout(timer);
    if (child.signalCode !== 'SIGKILL') throw new Error(`The server ended with ${child.exitCode}: ${said()}`);
    return undefined;
  }
  const until = performance.now() + READY_MS;
  while (!/^ready /m.test(said())) {
    await Promise.race([once(child.stdout, 'data'), ended]);
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`The server ended with ${child.exitCode ?? child.signalCode}: ${said()}`);
    }
  }
  const file = JSON.parse(readFileSync(join(env.TROUPE_HOME ?? '', 'server.json'), 'utf8')) as { url: string; token: string };
  return { ...file, kill: () => end(child, ended, 'SIGKILL').then(() => undefined), stop: () => end(child, ended, 'SIGTERM') };
}

async function end(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal);
  await ended;
  return child.exitCode;
}

/** Asks an action over REST. Undefined: no whole answer came. */
export async function ask(
  { url }: Pick<Server, 'url'>,
  { token, action, input, key }: { token: string; action: string; input: unknown; key: string },
): Promise<Reply | undefined> {
  try {
    const response = await fetch(`${url}/api/${action.replace('.', '/')}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      callId: response.headers.get('x-call-id') ?? '',
      replayed: response.headers.get('idempotent-replayed') === 'true',
    };
  } catch {
    return undefined; // the connection broke
  }
}

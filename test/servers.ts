// Real processes for black-box tests: servers and the command line, in data folders and databases of their own. All of it ends with the test file.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { atEnd, testDatabaseKind } from '@troupe-os/core/testing';
import postgres from 'postgres';

export const repository = dirname(import.meta.dirname);
const main = join(repository, 'core/src/cli/main.ts');
const READY_MS = 180_000;
/** How the tests themselves compile the embedded database; whatever else starts servers leaves them as they are. */
const LIKE_THE_TESTS = process.execArgv.filter((flag) => flag === '--liftoff-only');

/** Where a house lives, and what its processes are told. */
export interface Place {
  readonly home: string;
  /** The folder whose troupe.config.ts is used. Default: the repository's. */
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** How a process ended, and what it said. */
export interface Ended {
  /** The exit code, or the signal. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningServer extends Place {
  readonly url: string;
  /** The local operator's key, from server.json. */
  readonly token: string;
  readonly pid: number;
  /** What it printed so far. */
  output(): string;
  /** SIGTERM, and how it ended. */
  stop(): Promise<Ended>;
  /** SIGKILL: nothing is told to it. */
  kill9(): Promise<void>;
}

/** An empty folder that goes with the test file. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'troupe-test-')));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A place for a new house: embedded, or on a fresh database of the test server when TROUPE_TEST_DATABASE is `postgres`. */
export async function newPlace(more: Omit<Place, 'home'> = {}, kind = testDatabaseKind): Promise<Place> {
  const env = kind === 'postgres' ? { DATABASE_URL: await newDatabase(), ...more.env } : more.env;
  return { ...more, home: join(newFolder(), 'home'), ...(env ? { env } : {}) };
}

/** The address of an empty database on the server of TROUPE_TEST_DATABASE_URL, dropped in the end. */
export async function newDatabase(): Promise<string> {
  const server = testServerUrl();
  const name = `troupe_box_${crypto.randomUUID().replaceAll('-', '')}`;
  await asAdmin((admin) => admin.unsafe(`create database "${name}"`));
  atEnd(() => asAdmin((admin) => admin.unsafe(`drop database if exists "${name}" with (force)`)));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Where a Postgres server for tests is. */
export function testServerUrl(): string {
  const server = process.env.TROUPE_TEST_DATABASE_URL;
  if (!server) throw new Error('This test needs TROUPE_TEST_DATABASE_URL, the owner of a Postgres server');
  return server;
}

async function asAdmin(work: (admin: postgres.Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(testServerUrl(), { max: 1, onnotice() {} });
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

/** Starts a server on a free port and waits for its ready line. */
export async function startServer(place: Place, words: readonly string[] = ['--empty']): Promise<RunningServer> {
  const process = launch(['start', ...words], place);
  const ready = await process.says(/^ready (http:\/\/\S+) in /m);
  const url = ready[1] ?? '';
  const { token, pid } = ownServerFile(place.home, url);
  return {
    ...place,
    url,
    token,
    pid,
    output: process.output,
    async stop() {
      process.child.kill('SIGTERM');
      return process.ended;
    },
    kill9: () => kill(process.child),
  };
}

/** Runs the command line until it ends. Throws with all that was said when it takes longer than a start may. */
export async function troupe(words: readonly string[], place: Place): Promise<Ended> {
  const { child, ended } = launch(words, place);
  let isLate = false;
  const clock = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, READY_MS);
  const end = await ended;
  clearTimeout(clock);
  if (isLate) throw new Error(`troupe ${words.join(' ')} did not end: ${end.stdout}${end.stderr}`);
  return end;
}

/** Starts the command line, and gives its process to a test that ends it in its own way. */
export function launch(words: readonly string[], { home, root = repository, env = {} }: Place) {
  const child = spawn(process.execPath, [...LIKE_THE_TESTS, main, ...words], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ownEnvironment(), TROUPE_HOME: home, ...env },
  });
  atEnd(() => kill(child));
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]): Ended => {
    return { code: (code ?? signal) as number | string, stdout, stderr };
  });
  return {
    child,
    ended,
    output: () => stdout,
    /** Waits until the output matches. Throws with all that was said when the process ends before, or takes too long. */
    async says(pattern: RegExp): Promise<RegExpMatchArray> {
      const late = AbortSignal.timeout(READY_MS);
      for (;;) {
        const found = stdout.match(pattern);
        if (found) return found;
        const more = once(child.stdout, 'data', { signal: late }).then(() => undefined);
        const over = await Promise.race([more, ended]).catch(() => ({ code: 'too late', stdout, stderr }));
        if (over) throw new Error(`troupe ${words.join(' ')} ended with ${over.code}: ${over.stdout}${over.stderr}`);
      }
    },
  };
}

/** What a machine has by itself: none of the settings of whoever runs the tests. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  const cache = join(repository, 'node_modules/.cache/compile');
  return { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), NODE_COMPILE_CACHE: cache, PORT: '0', LOG_LEVEL: 'error' };
}

/** The file is written just before the ready line. */
function ownServerFile(home: string, url: string): { url: string; token: string; pid: number } {
  const file = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { url: string; token: string; pid: number };
  if (new URL(file.url).port !== new URL(url).port) throw new Error(`${home} belongs to the server at ${file.url}`);
  return file;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}

/** Asks an action over REST. `key` is made up unless given; `undefined` as the token asks as a guest. */
export async function callRest(
  { url }: Pick<RunningServer, 'url'>,
  token: string | undefined,
  action: string,
  input: unknown = {},
  { key = crypto.randomUUID(), dryRun = false }: { key?: string; dryRun?: boolean } = {},
): Promise<{ status: number; body: Record<string, unknown>; callId: string | null; replayed: boolean }> {
  const response = await fetch(`${url}/api/${action.replace('.', '/')}${dryRun ? '?dryRun=true' : ''}`, {
    method: 'POST',
    body: JSON.stringify(input),
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
    callId: response.headers.get('x-call-id'),
    replayed: response.headers.get('idempotent-replayed') === 'true',
  };
}

/** The path of a module of the repository as an absolute file URL, for configurations that live elsewhere. */
export const moduleUrl = (path: string) => pathToFileURL(join(repository, path)).href;

// Where a bench runs: fresh homes, embedded and on a Postgres server, which are gone afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Home {
  /** A folder of its own; as TROUPE_HOME it is new. */
  readonly folder: string;
  /** Of an empty database; undefined: embedded. */
  readonly databaseUrl: string | undefined;
}

export interface Place {
  readonly kind: 'PGlite' | 'Postgres';
  newHome(): Promise<Home>;
}

/** Runs the work on PGlite, then on the server of TROUPE_TEST_DATABASE_URL if there is one, and takes away what it left. */
export async function onEachDatabase<T>(work: (place: Place) => Promise<readonly T[]>): Promise<T[]> {
  const server = process.env.TROUPE_TEST_DATABASE_URL;
  const results = [...(await atPlace(undefined, work))];
  if (server) results.push(...(await atPlace(server, work)));
  return results;
}

/** Runs the work on the server of TROUPE_TEST_DATABASE_URL, which it needs. */
export async function onPostgres<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const server = process.env.TROUPE_TEST_DATABASE_URL;
  if (!server) throw new Error('This one needs a Postgres server: TROUPE_TEST_DATABASE_URL.');
  return atServer(server, work);
}

/** Runs the work on this Postgres server. */
export async function atServer<T>(server: string, work: (place: Place) => Promise<T>): Promise<T> {
  const [result] = await atPlace(server, async (place) => [await work(place)]);
  return result as T; // one place, one result
}

/** What a report says when Postgres was left out. */
export function leftOut(): string[] {
  return process.env.TROUPE_TEST_DATABASE_URL ? [] : ['Postgres was left out: TROUPE_TEST_DATABASE_URL names no server.'];
}

async function atPlace<T>(server: string | undefined, work: (place: Place) => Promise<readonly T[]>): Promise<readonly T[]> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-bench-'));
  const databases: string[] = [];
  const place: Place = {
    kind: server ? 'Postgres' : 'PGlite',
    async newHome() {
      const home = await mkdtemp(join(folder, 'home-'));
      if (!server) return { folder: home, databaseUrl: undefined };
      const name = `troupe_bench_${crypto.randomUUID().replaceAll('-', '')}`;
      databases.push(name);
      await onServer(server, [`create database "${name}"`]);
      return { folder: home, databaseUrl: withName(server, name) };
    },
  };
  try {
    return await work(place);
  } finally {
    if (server)
      await onServer(
        server,
        databases.map((name) => `drop database if exists "${name}" with (force)`),
      );
    await rm(folder, { recursive: true, force: true });
  }
}

/** The address of another database on the same server. */
export function withName(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs statements one after another, outside any transaction. */
export async function onServer(server: string, statements: readonly string[]): Promise<void> {
  const { withClient } = await import('../../core/src/db/postgres-client.ts');
  await withClient(server, async (admin) => {
    for (const statement of statements) await admin.query(statement);
  });
}

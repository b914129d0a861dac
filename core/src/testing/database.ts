// A migrated database of its own for every test file: a copy of a snapshot, or of a template on a real Postgres server.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { migrate, type Stream } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { dumpSnapshot } from '../db/snapshot.ts';
import { installQueue, queueSetup } from '../queue/pg-boss.ts';

/** `postgres` when TROUPE_TEST_DATABASE says so (TROUPE_TEST_DATABASE_URL is then a server's owner), else `pglite`. */
export const testDatabaseKind = process.env.TROUPE_TEST_DATABASE === 'postgres' ? 'postgres' : 'pglite';

/** `folder`: where an embedded one lives; without one it is in memory, and lost when a statement hangs. */
export async function openTestDatabase(streams: readonly Stream[], folder?: string): Promise<Database> {
  const name = snapshotName(streams);
  const database =
    testDatabaseKind === 'postgres' ? await openFromTemplate(streams, name) : await openFromSnapshot(streams, name, folder);
  await database.becomeApp();
  return database;
}

async function prepare(database: Database, streams: readonly Stream[]): Promise<void> {
  await migrate(database, streams);
  await installQueue(database);
}

async function openFromSnapshot(streams: readonly Stream[], name: string, folder: string | undefined): Promise<Database> {
  const path = join(cacheFolder(), `${name}.tar.gz`);
  if (existsSync(path)) return openDatabase({ kind: 'pglite', folder, snapshot: new Blob([readFileSync(path)]) });
  const database = await openDatabase({ kind: 'pglite', folder });
  await prepare(database, streams);
  const dump = Buffer.from(await (await dumpSnapshot(database)).arrayBuffer());
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, dump);
  renameSync(partial, path); // another test file may be making the same one
  return database;
}

async function openFromTemplate(streams: readonly Stream[], name: string): Promise<Database> {
  const server = process.env.TROUPE_TEST_DATABASE_URL;
  if (!server) throw new Error('TROUPE_TEST_DATABASE=postgres needs TROUPE_TEST_DATABASE_URL');
  const template = `troupe_template_${name}`;
  const copy = `troupe_test_${crypto.randomUUID().replaceAll('-', '')}`;
  const { default: postgres } = await import('postgres');
  const admin = postgres(server, { max: 1, onnotice() {} });
  try {
    await admin`select pg_advisory_lock(7221002)`; // one test file makes the template, the others wait for it
    const [made] = await admin`select 1 from pg_database where datname = ${template}`;
    if (!made) {
      const partial = `${template}_partial`;
      await admin.unsafe(`drop database if exists "${partial}" with (force)`);
      await admin.unsafe(`create database "${partial}"`);
      const database = await openDatabase({ kind: 'postgres', url: urlOf(server, partial), ownerUrl: urlOf(server, partial) });
      await prepare(database, streams);
      await database.close();
      await admin.unsafe(`alter database "${partial}" rename to "${template}"`);
    }
    await admin.unsafe(`create database "${copy}" template "${template}"`);
  } finally {
    await admin.end();
  }
  const url = urlOf(server, copy);
  const database = await openDatabase({ kind: 'postgres', url, ownerUrl: url });
  return {
    ...database,
    async close() {
      await database.close();
      const cleaner = postgres(server, { max: 1, onnotice() {} });
      await cleaner.unsafe(`drop database if exists "${copy}" with (force)`);
      await cleaner.end();
    },
  };
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Changes with every SQL file, with what capture leaves out, and with the queue's engine. */
function snapshotName(streams: readonly Stream[]): string {
  const hash = createHash('sha256').update(process.version).update(queueSetup());
  for (const { id, folder, unrecorded } of streams) {
    hash.update(JSON.stringify([id, unrecorded]));
    const files = existsSync(folder)
      ? readdirSync(folder)
          .filter((file) => file.endsWith('.sql'))
          .sort()
      : [];
    for (const file of files) hash.update(file).update(readFileSync(new URL(file, folder)));
  }
  return hash.digest('hex').slice(0, 16);
}

function cacheFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'node_modules')) && dirname(folder) !== folder) folder = dirname(folder);
  const cache = join(folder, 'node_modules', '.cache', 'troupe');
  mkdirSync(cache, { recursive: true });
  return cache;
}

/** Runs SQL as the owner of the database: to break things that the application cannot. */
export function asOwner<T>(database: Database, query: ReturnType<typeof sql>): Promise<T[]> {
  return database.owner((owner) => owner.rows<T>(query));
}

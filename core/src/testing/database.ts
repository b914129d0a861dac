// A migrated database of its own for every test file: a copy of a snapshot, or of a template on a real Postgres server.
import { sql } from 'drizzle-orm';
import type { ClientBase } from 'pg';
import type { Database } from '../db/database.ts';
import { migrate, type Stream } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { beginEpoch, cachedSnapshot, cacheSnapshot, snapshotName } from '../db/snapshot.ts';
import { installQueue } from '../queue/pg-boss.ts';

/** `postgres` when TROUPE_TEST_DATABASE says so (TROUPE_TEST_DATABASE_URL is then a server's owner), else `pglite`. */
export const testDatabaseKind = process.env.TROUPE_TEST_DATABASE === 'postgres' ? 'postgres' : 'pglite';

/** `folder`: where an embedded one lives; without one it is in memory, and lost when a statement hangs. */
export async function openTestDatabase(streams: readonly Stream[], folder?: string): Promise<Database> {
  const database = testDatabaseKind === 'postgres' ? await openFromTemplate(streams) : await openFromSnapshot(streams, folder);
  await database.becomeApp();
  return database;
}

async function prepare(database: Database, streams: readonly Stream[]): Promise<void> {
  await migrate(database, streams);
  await installQueue(database);
}

async function openFromSnapshot(streams: readonly Stream[], folder: string | undefined): Promise<Database> {
  const snapshot = cachedSnapshot(streams);
  const database = await openDatabase({ kind: 'pglite', folder, ...(snapshot ? { snapshot } : {}) });
  if (snapshot) {
    await beginEpoch(database);
    return database;
  }
  await prepare(database, streams);
  await cacheSnapshot(database, streams);
  return database;
}

async function openFromTemplate(streams: readonly Stream[]): Promise<Database> {
  const server = process.env.TROUPE_TEST_DATABASE_URL;
  if (!server) throw new Error('TROUPE_TEST_DATABASE=postgres needs TROUPE_TEST_DATABASE_URL');
  const template = `troupe_template_${snapshotName(streams)}`;
  const copy = `troupe_test_${crypto.randomUUID().replaceAll('-', '')}`;
  await onServer(server, async (admin) => {
    await admin.query('select pg_advisory_lock(7221002)'); // one test file makes the template, the others wait for it
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (!rowCount) {
      const partial = `${template}_partial`;
      await admin.query(`drop database if exists "${partial}" with (force)`);
      await admin.query(`create database "${partial}"`);
      const database = await openDatabase({ kind: 'postgres', url: urlOf(server, partial), ownerUrl: urlOf(server, partial) });
      await prepare(database, streams);
      await database.close();
      await admin.query(`alter database "${partial}" rename to "${template}"`);
    }
    await admin.query(`create database "${copy}" template "${template}" strategy file_copy`);
  });
  const url = urlOf(server, copy);
  const database = await openDatabase({ kind: 'postgres', url, ownerUrl: url });
  return {
    ...database,
    async close() {
      await database.close();
      await onServer(server, (admin) => admin.query(`drop database if exists "${copy}" with (force)`));
    },
  };
}

async function onServer(url: string, work: (admin: ClientBase) => Promise<unknown>): Promise<void> {
  const { withClient } = await import('../db/postgres-client.ts');
  await withClient(url, work);
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs SQL as the owner of the database: to break things that the application cannot. */
export function asOwner<T>(database: Database, query: ReturnType<typeof sql>): Promise<T[]> {
  return database.owner((owner) => owner.rows<T>(query));
}

/** The same as a call would: what refuses it is then a rule of the table's own, and not that nothing is written outside a call. */
export function asOwnerInCall<T>(database: Database, query: ReturnType<typeof sql>): Promise<T[]> {
  return database.owner((owner) =>
    owner.transaction(async (tx) => {
      await tx.rows(sql`select set_config('troupe.call', gen_random_uuid()::text, true)`);
      return tx.rows<T>(query);
    }),
  );
}

/** All rows of all tables of these schemas, as one text each table: for what must stand nowhere. */
export function everyRow(database: Database, schemas: readonly string[]): Promise<{ table: string; text: string }[]> {
  return asOwner(
    database,
    sql`select schemaname || '.' || tablename as table,
      query_to_xml(format('select t::text as row from %I.%I t', schemaname, tablename), true, true, '')::text as text
      from pg_tables where schemaname = any (${`{${schemas.join(',')}}`}::text[])`,
  );
}

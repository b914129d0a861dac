import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type SQL, sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRegistry } from '../kernel/registry.ts';
import { asOwner, openTestDatabase } from '../testing/database.ts';
import { notesPlugin } from '../testing/notes/plugin.ts';
import type { Database } from './database.ts';
import { migrate, type Stream } from './migrate.ts';
import { beginEpoch } from './snapshot.ts';
import { assertWatched, streamsOf } from './streams.ts';

let database: Database;
let folder: string;
const registry = createRegistry([notesPlugin]);

beforeEach(async () => {
  database = await openTestDatabase(streamsOf(registry));
  folder = await mkdtemp(join(tmpdir(), 'troupe-migrations-'));
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const extra = (unrecorded: Stream['unrecorded'] = {}): Stream => ({
  id: 'extra',
  version: '1',
  folder: pathToFileURL(`${folder}/`),
  unrecorded,
});
const write = (file: string, text: string) => writeFile(join(folder, file), text);

test('a file is applied once, in order of its name, and leaves one record', async () => {
  await write('0002_more.sql', 'alter table extra.things add column size integer;');
  await write('0001_things.sql', 'create table extra.things (id integer primary key);');

  expect(await migrate(database, [extra()])).toEqual(['extra/0001_things.sql', 'extra/0002_more.sql']);
  expect(await migrate(database, [extra()])).toEqual([]);
  const rows = await database.rows(sql`select action, kind, outcome from core.audit_entries where plugin = 'extra' order by id`);
  expect(rows).toEqual([
    { action: 'extra/0001_things.sql', kind: 'migration', outcome: 'succeeded' },
    { action: 'extra/0002_more.sql', kind: 'migration', outcome: 'succeeded' },
  ]);
});

test('a plugin that comes late is migrated, though newer files of others have been applied', async () => {
  await write('0000_early.sql', 'create table extra.early (id integer primary key);');
  expect(await migrate(database, [...streamsOf(registry), extra()])).toEqual(['extra/0000_early.sql']);
});

test('a file that was changed after it was applied is refused', async () => {
  await write('0001_things.sql', 'create table extra.things (id integer primary key);');
  await migrate(database, [extra()]);
  await write('0001_things.sql', 'create table extra.things (id bigint primary key);');

  await expect(migrate(database, [extra()])).rejects.toMatchObject({ code: 'core.migration_changed' });
});

test('a file that fails is rolled back and named; the files before it stay', async () => {
  await write('0001_things.sql', 'create table extra.things (id integer primary key);');
  await write('0002_wrong.sql', 'create table extra.half (id integer primary key); select 1 / 0;');

  await expect(migrate(database, [extra()])).rejects.toMatchObject({
    code: 'core.migration_failed',
    details: { file: 'extra/0002_wrong.sql', reason: expect.stringContaining('division by zero') },
  });
  expect(
    await asOwner(
      database,
      sql`select to_regclass('extra.things') is not null as kept, to_regclass('extra.half') is null as gone`,
    ),
  ).toEqual([{ kept: true, gone: true }]);
});

test('a column that comes later is captured, one that holds credentials is not', async () => {
  await write('0001_things.sql', 'create table extra.things (id integer primary key, word_hash text);');
  await write(
    '0002_more.sql',
    "alter table extra.things add column size integer;--> statement-breakpoint\ninsert into extra.things values (1, 'HASH-CANARY', 7);",
  );
  await migrate(database, [extra({ things: ['word_hash'] })]);

  const [change] = await database.rows<{ after: string }>(sql`select after from core.changes where schema_name = 'extra'`);
  expect(JSON.parse(change?.after ?? '')).toEqual({ id: '1', size: '7' });
});

test('a table without a primary key cannot be captured, so its migration is refused', async () => {
  await write('0001_loose.sql', 'create table extra.loose (id integer);');
  await expect(migrate(database, [extra()])).rejects.toMatchObject({
    details: { reason: expect.stringContaining('primary key') },
  });
});

test('every domain table is captured; one that is not, or that no plugin declares, stops the start', async () => {
  await expect(assertWatched(database, registry)).resolves.toBeUndefined();

  await asOwner(database, sql`alter table notes.notes disable trigger troupe_update`);
  await expect(assertWatched(database, registry)).rejects.toMatchObject({ code: 'core.unwatched_table' });
  await asOwner(database, sql`alter table notes.notes enable trigger troupe_update`);

  await asOwner(database, sql`create table notes.hidden (id integer primary key)`);
  await asOwner(database, sql`select core.watch('notes.hidden'::regclass)`);
  await expect(assertWatched(database, registry)).rejects.toMatchObject({ code: 'core.undeclared_table' });
});

test('a row of the record that came with a restore lets nothing pass once a new epoch has begun', async () => {
  const call = crypto.randomUUID();
  const entry = {
    call_id: call,
    request_id: 'x',
    trace_id: '',
    kind: 'action',
    cause: 'test',
    plugin: 'notes',
    plugin_version: '0',
  };
  const rest = { action: 'x', effect: 'write', actor: 'x', tainted: false, outcome: 'succeeded', digest: '' };
  await database.rows(sql`select core.record_call(${JSON.stringify({ ...entry, ...rest })}::jsonb, '{}')`);
  // as from a dump of a server that was ahead: the number of its transaction is the one that this one gives out now, the time is the same too
  const writeBeside = (epoch: SQL, title: string) =>
    database.owner((owner) =>
      owner.transaction(async (tx) => {
        await tx.rows(sql`select set_config('troupe.call', ${call}, true)`);
        await tx.rows(sql`insert into core.audit_entries (call_id, xid, epoch, request_id, trace_id, kind, cause, plugin, plugin_version, action, effect, actor, tainted, outcome, digest)
          select e.call_id, pg_current_xact_id(), ${epoch}, e.request_id, e.trace_id, e.kind, e.cause, e.plugin,
            e.plugin_version, e.action, e.effect, e.actor, e.tainted, e.outcome, e.digest
          from core.audit_entries e where e.call_id = ${call} limit 1`);
        await tx.rows(sql`insert into notes.notes (id, author_id, title) values (gen_random_uuid(), 'x', ${title})`);
      }),
    );

  await writeBeside(sql`e.epoch`, 'of this epoch');
  await beginEpoch(database);
  await expect(writeBeside(sql`e.epoch`, 'of the epoch before')).rejects.toThrow(/no audit row/);
  // nor does a row of another time, whatever its number
  await expect(
    database.transaction({}, async (tx) => {
      await tx.rows(sql`select set_config('troupe.call', ${call}, true)`);
      await tx.rows(sql`insert into notes.notes (id, author_id, title) values (gen_random_uuid(), 'x', 'later')`);
    }),
  ).rejects.toThrow(/no audit row/);
  expect(await database.rows(sql`select title from notes.notes where author_id = 'x' order by title`)).toEqual([
    { title: 'of this epoch' },
  ]);
});

test('rows change only inside a call that is recorded', async () => {
  const insert = sql`insert into notes.notes (id, author_id, title) values (gen_random_uuid(), 'x', 'stray')`;
  await expect(database.rows(insert)).rejects.toMatchObject({});
  const unrecorded = database.transaction({}, async (tx) => {
    await tx.rows(sql`select set_config('troupe.call', gen_random_uuid()::text, true)`);
    await tx.rows(insert);
  });
  await expect(unrecorded).rejects.toThrow(/no audit row/);
  expect(await database.rows(sql`select 1 from notes.notes where title = 'stray'`)).toEqual([]);
});

test('the record and the captured changes cannot be edited, deleted or emptied, not even by their owner', async () => {
  for (const table of ['audit_entries', 'audit_bodies', 'changes']) {
    await expect(asOwner(database, sql`truncate core.${sql.identifier(table)}`)).rejects.toThrow(/refused/);
  }
  await expect(asOwner(database, sql`delete from core.audit_entries`)).rejects.toThrow(/refused/);
  await expect(asOwner(database, sql`update core.audit_entries set actor = 'nobody'`)).rejects.toThrow(/refused/);
  await expect(
    database.rows(
      sql`insert into core.changes (call_id, schema_name, table_name, key, operation) values (gen_random_uuid(), 'a', 'b', 'c', 'insert')`,
    ),
  ).rejects.toThrow();
});

test('what a plugin no longer wants recorded is left out, though no file of it is new', async () => {
  await write('0001_things.sql', 'create table extra.things (id integer primary key, secret text);');
  await migrate(database, [extra({ things: [] })]);
  expect(await migrate(database, [extra({ things: ['secret'] })])).toEqual([]);

  await database
    .owner((owner) =>
      owner.transaction(async (tx) => {
        const callId = crypto.randomUUID();
        await tx.rows(sql`select set_config('troupe.call', ${callId}, true)`);
        await tx.rows(sql`insert into extra.things values (1, 'CANARY')`);
        const [change] = await tx.rows<{ after: string }>(sql`select after from core.changes where call_id = ${callId}`);
        expect(JSON.parse(change?.after ?? '')).toEqual({ id: '1' });
        throw new Error('rolled back');
      }),
    )
    .catch((error: Error) => expect(error.message).toBe('rolled back'));
  expect(await migrate(database, [extra({ things: ['secret'] })])).toEqual([]);
  const rows = await database.rows(sql`select action from core.audit_entries where plugin = 'extra' order by id`);
  expect(rows).toEqual([{ action: 'extra/0001_things.sql' }, { action: 'extra/capture' }]);
});

test('a table made outside a transaction is captured and granted like any other', async () => {
  await write('0001_things.sql', '-- no-transaction\ncreate table extra.things (id integer primary key);');
  await write('0000_schema.sql', 'create table extra.first (id integer primary key);');
  await migrate(database, [extra({ first: [], things: [] })]);

  await expect(database.rows(sql`insert into extra.things values (1)`)).rejects.toMatchObject({ code: 'TR003' });
});

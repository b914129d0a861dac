import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { testDatabase } from './database-suite.ts';
import { lockFolder } from './folder-lock.ts';
import { openDatabase } from './open.ts';
import { dumpSnapshot } from './snapshot.ts';

const home = mkdtempSync(join(tmpdir(), 'troupe-db-'));
afterAll(() => rmSync(home, { recursive: true }));

const folderOf = (name: string) => join(home, name, 'database');
const open = (name: string) => openDatabase({ kind: 'pglite', folder: folderOf(name), snapshot });
const hang = (database: Database) =>
  database.transaction({ timeoutMs: 200 }, (tx) => tx.rows(sql`select count(*) from generate_series(1, 100000000000)`));

let snapshot: Blob;
beforeAll(async () => {
  const first = await openDatabase({ kind: 'pglite', folder: undefined });
  await first.owner((owner) =>
    owner.script(
      'create role troupe_app; create table kept (id int); grant all on kept to troupe_app; insert into kept values (1)',
    ),
  );
  await first.becomeApp();
  snapshot = await dumpSnapshot(first);
  await first.close();
}, 300_000);

testDatabase(() => openDatabase({ kind: 'pglite', folder: folderOf('suite') }));

test('tables that are written much are tended, and do not grow with every write', { timeout: 60_000 }, async () => {
  const database = await openDatabase({ kind: 'pglite', folder: undefined });
  const add = 'insert into often select n from generate_series(1, 2000) n';
  const pages = async () => {
    const [row] = await database.rows<{ pages: number }>(sql`select (pg_relation_size('often') / 8192)::int as pages`);
    return row?.pages ?? 0;
  };
  await database.owner((owner) => owner.script(`create table often (n int primary key); ${add}`));
  const once = await pages();
  for (let round = 0; round < 10; round++) {
    await database.owner((owner) => owner.script(`delete from often; ${add}`));
    expect(await database.tend()).toContain('public.often');
  }

  expect(await pages()).toBeLessThanOrEqual(3 * once);
  expect(await database.tend()).toEqual([]);
  await database.close();
});

test('a new database may start as a snapshot of another', { timeout: 20_000 }, async () => {
  const copy = await open('copy');
  await copy.becomeApp();

  expect(await copy.rows(sql`select id, current_user as name from kept`)).toEqual([{ id: 1, name: 'troupe_app' }]);
  await copy.close();
});

test('a restart after a hang keeps committed rows, listeners, the role, and transactions that had not begun', {
  timeout: 60_000,
}, async () => {
  const database = await open('hang');
  await database.becomeApp();
  const told = Promise.withResolvers<string>();
  await database.listen('news', told.resolve);

  const stuck = hang(database);
  const waiting = database.transaction({}, (tx) => tx.rows(sql`insert into kept values (2) returning id`));

  await expect(stuck).rejects.toMatchObject({ code: 'database.timeout' });
  expect(await waiting).toEqual([{ id: 2 }]);
  expect(await database.rows(sql`select id, current_user as name from kept order by id`)).toEqual([
    { id: 1, name: 'troupe_app' },
    { id: 2, name: 'troupe_app' },
  ]);
  await database.rows(sql`select pg_notify('news', 'again')`);
  expect(await told.promise).toBe('again');
  await database.close();
});

test('a statement outside a transaction that a restart cut off may or may not be done, and says so', {
  timeout: 60_000,
}, async () => {
  const database = await open('cut');
  const stuck = hang(database);
  const [outcome] = await Promise.all([database.rows(sql`select 1`).catch((error) => error), stuck.catch(() => undefined)]);

  expect(outcome).toMatchObject({ code: 'database.gone' });
  await database.close();
});

test('a first start that was cut short is begun again', { timeout: 300_000 }, async () => {
  const database = await open('short');
  await database.close();
  rmSync(join(folderOf('short'), 'global'), { recursive: true });
  writeFileSync(`${folderOf('short')}.filling`, '');

  const again = await open('short');
  expect(await again.rows(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  await again.close();
});

test('a folder is open in one process only, and the other hears who holds it', async () => {
  const unlock = lockFolder(folderOf('locked'));

  await expect(open('locked')).rejects.toMatchObject({
    code: 'database.locked',
    details: { pid: process.pid, since: expect.stringMatching(/^20\d\d-/) },
  });
  unlock();
  lockFolder(folderOf('locked'))();
});

test('the lock of a killed process is free', { timeout: 20_000 }, async () => {
  const folder = folderOf('killed');
  const program = `import { lockFolder } from ${JSON.stringify(new URL('./folder-lock.ts', import.meta.url))}; lockFolder(${JSON.stringify(folder)}); console.log('held'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program]);
  await once(holder.stdout, 'data');
  expect(() => lockFolder(folder)).toThrow(
    expect.objectContaining({ code: 'database.locked', details: { folder, pid: holder.pid, since: expect.any(String) } }),
  );

  holder.kill('SIGKILL');
  await once(holder, 'exit');
  lockFolder(folder)();
});

test('a folder that cannot be written, or holds no database, is one clear error', { timeout: 300_000 }, async () => {
  writeFileSync(join(home, 'file'), '');
  const unwritable = openDatabase({ kind: 'pglite', folder: join(home, 'file', 'database') });
  await expect(unwritable).rejects.toMatchObject({
    code: 'database.open_failed',
    details: { reason: expect.stringMatching(/^.{1,300}$/s) },
  });

  const damaged = await open('damaged');
  await damaged.close();
  rmSync(join(folderOf('damaged'), 'global'), { recursive: true });
  const error = await open('damaged').catch((error) => error);
  expect(error).toMatchObject({ code: 'database.open_failed', details: { reason: expect.stringMatching(/^.{1,600}$/s) } });
});

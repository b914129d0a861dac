// The embedded database: Postgres in this process, in a worker thread, in a folder of ours.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPLICATION_ROLE, type Database, type OwnerSession, type PgliteSettings } from './database.ts';
import { databaseErrors } from './errors.ts';
import { lockFolder } from './folder-lock.ts';
import { type OpenSession, runAsOwner } from './owner.ts';
import { isGone, type Pglite, startPglite, type Turn } from './pglite-client.ts';
import { quoted } from './quoted.ts';
import { type Binder, loadBinder, type Send, watched } from './statement.ts';
import { assertOutside, createTransaction, type OpenTransaction } from './transaction.ts';

/** Errors: database.locked, database.open_failed. */
export async function openPglite({ folder, snapshot }: PgliteSettings): Promise<Database> {
  const unlock = folder === undefined ? () => undefined : lockFolder(folder);
  try {
    const finishFilling = folder === undefined ? undefined : prepareFolder(folder);
    const isNew = folder === undefined || finishFilling !== undefined;
    const [binder, pglite] = await Promise.all([
      loadBinder(),
      startPglite(folder, isNew ? await snapshot?.arrayBuffer() : undefined),
    ]);
    finishFilling?.();
    const send: Send = async (statement) => {
      assertOutside();
      return pglite.query(statement);
    };

    return {
      kind: 'pglite',
      db: binder.db(send),
      watched: (watch) => binder.db(watched(send, watch)),
      rows: binder.rows(send),
      transaction: createTransaction((mode) => begin(pglite, mode), binder),
      owner: (run) => withOwner(pglite, (session) => runAsOwner(binder, session, run)),
      becomeApp: () => pglite.become(APPLICATION_ROLE),
      listen: pglite.client.listen,
      tend: () => tend(pglite, binder),
      queue: { kind: 'pglite', client: pglite.client },
      async close() {
        await pglite.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function begin(pglite: Pglite, mode: string): Promise<OpenTransaction> {
  const turn = await pglite.take(`begin ${mode}`);
  const send = sendOn(turn);
  return {
    send,
    commit: (last) => turn.give('commit', last),
    rollback: () => turn.give('rollback'),
    interrupt: turn.interrupt,
  };
}

/** The only session becomes the owner's for a while. */
async function withOwner<T>(pglite: Pglite, run: (session: OpenSession) => Promise<T>): Promise<T> {
  assertOutside();
  const turn = await pglite.take('reset role');
  const send = sendOn(turn);
  const { script, interrupt } = turn;
  try {
    return await run({
      send,
      script,
      async begin() {
        await script('begin');
        return { send, script, commit: () => script('commit'), rollback: () => script('rollback'), interrupt };
      },
    });
  } finally {
    const role = pglite.role();
    await turn.give(role === undefined ? '' : `set role ${quoted(role)}`);
  }
}

/** When a table is due by Postgres's own defaults: https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM */
const DUE = `select format('%I.%I', schemaname, relname) as name from pg_stat_all_tables
  where schemaname <> 'pg_toast' and relname <> 'pg_statistic' and (n_dead_tup > 50 + 0.2 * n_live_tup or n_ins_since_vacuum > 1000 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup)`;

/** Between two tables others have their turn. */
async function tend(pglite: Pglite, binder: Binder): Promise<string[]> {
  const { sql } = await import('drizzle-orm');
  const asOwner = <T>(run: (owner: OwnerSession) => Promise<T>) =>
    withOwner(pglite, (session) => runAsOwner(binder, session, run));
  await asOwner(({ rows }) => rows(sql`select pg_stat_force_next_flush()`)); // what was counted is told once a second
  const due = await asOwner(({ rows }) => rows<{ name: string }>(sql.raw(DUE)));
  const failures: unknown[] = [];
  for (const { name } of due)
    await asOwner(({ script }) => script(`vacuum (analyze) ${name}`)).catch((error: unknown) => failures.push(error)); // dropped meanwhile, perhaps
  if (failures.length > 0) throw failures[0];
  return due.map(({ name }) => name);
}

function sendOn(turn: Turn): Send {
  return async (statement) => {
    try {
      return await turn.query(statement);
    } catch (error) {
      throw isGone(error) ? databaseErrors.unreachable({ reason: 'restarted' }, error) : error; // nothing was committed: that is known
    }
  };
}

/**
 * Makes a new database's folder. A first start takes seconds, and one that was cut short leaves half a database: that is removed.
 * Answers what to call when the new database is complete; undefined for one that was there.
 */
function prepareFolder(folder: string): (() => void) | undefined {
  const filling = `${folder}.filling`;
  const isPartial = existsSync(filling);
  if (existsSync(join(folder, 'PG_VERSION')) && !isPartial) return undefined;
  try {
    if (isPartial) rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(filling, '');
  } catch (error) {
    throw databaseErrors.open_failed({ folder, reason: (error as Error).message }, error);
  }
  return () => rmSync(filling);
}

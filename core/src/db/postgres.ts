// A Postgres server, by pg.
import type pg from 'pg';
import { APPLICATION_ROLE, type Database, type OwnerSession, type PostgresSettings } from './database.ts';
import { databaseErrors } from './errors.ts';
import { type OpenSession, runAsOwner } from './owner.ts';
import { answer, ask, cancel, gather, isIdle, isStale, QUICK, refusal, withClient, wouldWrite } from './postgres-client.ts';
import { createListener } from './postgres-listener.ts';
import { createPool, type Pool } from './postgres-pool.ts';
import { checkServer, isLoss } from './postgres-server.ts';
import { begin, type Connection } from './postgres-transaction.ts';
import { type Binder, loadBinder, type Send, type Statement, watched } from './statement.ts';
import { assertOutside, createTransaction } from './transaction.ts';

/** Whoever waits longer for a lock is told to try again: some statements of the kernel have no other limit. */
const LOCK_MS = 10_000;

/** What a session is told. That it only reads is lifted by each transaction that writes: what is sent behind a beginning that fails does nothing. */
const SESSION = {
  role: APPLICATION_ROLE,
  default_transaction_read_only: 'on',
  lock_timeout: LOCK_MS,
  idle_in_transaction_session_timeout: 120_000,
};

/**
 * Checks the server and opens a pool whose connections are the application's; they are made when they are first needed.
 * Errors: database.bad_url, unreachable, bad_login, no_database, no_vector, too_old; later no_role, when it was not migrated.
 */
export async function openPostgres(settings: PostgresSettings): Promise<Database> {
  const { url, ownerUrl = url, max = 8 } = settings;
  const check = (address: string) => ask(address, checkServer);
  const [binder] = await Promise.all([loadBinder(), ...[...new Set([url, ownerUrl])].map(check)]);
  const pool = createPool(url, max, SESSION);
  const listener = createListener(url, SESSION);
  const sendAlone = createSender(pool);
  const send: Send = async (statement) => {
    assertOutside();
    return sendAlone(statement);
  };

  return {
    kind: 'postgres',
    db: binder.db(send),
    watched: (watch) => binder.db(watched(send, watch)),
    rows: binder.rows(send),
    transaction: createTransaction((mode) => begin(() => connectionOf(pool, url), mode, max + 1), binder),
    owner: (run) => withOwner(ownerUrl, binder, run),
    async becomeApp() {}, // the pool's connections are the application from the start
    async listen(channel, heard) {
      assertOutside();
      return listener.listen(channel, heard);
    },
    tend: async () => [], // the server does
    queue: { kind: 'postgres', url, ownerUrl },
    async close() {
      await Promise.all([listener.close(), pool.close()]);
    },
  };
}

/** So many texts of statements that write are kept in mind; the texts are the code's, so there are few. */
const MOST_WRITING = 1_000;

/** Sends statements that stand alone. The database itself says which of them write: those have a transaction each. */
function createSender(pool: Pool): Send {
  const writing = new Set<string>();

  /** Answers nothing when the statement was not executed and may be sent again. */
  async function sendOnce(statement: Statement): Promise<(() => readonly unknown[]) | undefined> {
    const client = await pool.take();
    const isWriting = writing.has(statement.text);
    let isSound = true;
    try {
      return await (isWriting ? inTransaction(client, statement) : answer(client, statement));
    } catch (error) {
      const isForgotten = isStale(error);
      isSound = !isForgotten && !isLoss(error);
      if (isForgotten) return undefined;
      if (isWriting || !wouldWrite(error)) throw refusal(error, databaseErrors.gone);
      if (writing.size >= MOST_WRITING) writing.clear();
      writing.add(statement.text);
      return undefined;
    } finally {
      client.release(!(isSound && isIdle(client)));
    }
  }

  return async (statement) => {
    // it may be found to write, and to have been forgotten by the server
    for (let tries = 0; tries < 3; tries += 1) {
      const answered = await sendOnce(statement);
      if (answered) return answered();
    }
    throw databaseErrors.unreachable({ reason: 'the server forgets what it prepared' });
  };
}

/** Sent in one piece. Errors: the first; see `refusal`. */
async function inTransaction(client: pg.Client, statement: Statement): ReturnType<typeof answer> {
  gather(client);
  const [begun, answered, ended] = await Promise.allSettled([
    client.query({ text: 'begin read write', ...QUICK }),
    answer(client, statement),
    client.query('commit'),
  ]);
  for (const one of [begun, answered, ended]) if (one.status === 'rejected') throw one.reason;
  if (answered.status === 'rejected') throw answered.reason;
  return answered.value;
}

async function connectionOf(pool: Pool, url: string): Promise<Connection> {
  const client = await pool.take();
  return { client, cancel: () => cancel(url, client), release: (isSound) => client.release(!isSound) };
}

async function withOwner<T>(url: string, binder: Binder, run: (owner: OwnerSession) => Promise<T>): Promise<T> {
  assertOutside();
  return withClient(url, (client) => {
    const told = (error: unknown) => {
      throw refusal(error, databaseErrors.gone);
    };
    const session: OpenSession = {
      send: async (statement) => (await answer(client, statement, false).catch(told))(), // a migration changes tables
      async script(text) {
        await client.query(text).catch(told);
      },
      begin: () => begin(async () => ({ client, cancel: () => cancel(url, client), release() {} }), ''),
    };
    return runAsOwner(binder, session, run);
  });
}

// A Postgres server, by postgres.js.
import { APPLICATION_ROLE, type Database, type OwnerSession, type PostgresSettings } from './database.ts';
import { databaseErrors } from './errors.ts';
import { type OpenSession, runAsOwner } from './owner.ts';
import { answer, connect, refuse } from './postgres-connection.ts';
import { createListener } from './postgres-listener.ts';
import { answered, createPool } from './postgres-pool.ts';
import { checkServer, isEcho, isLost, wasNotSent } from './postgres-server.ts';
import { begin } from './postgres-transaction.ts';
import { type Binder, loadBinder, type Send, watched } from './statement.ts';
import { assertOutside, createTransaction } from './transaction.ts';

const TRIES = 3;
/** Whoever waits longer for a lock is told to try again: some statements of the kernel have no other limit. */
const LOCK_MS = 10_000;

/**
 * Checks the server and opens a pool whose connections are the application's; they are made when they are first needed.
 * Errors: database.bad_url, unreachable, bad_login, no_database, no_vector, too_old; later no_role, when it was not migrated.
 */
export async function openPostgres(settings: PostgresSettings): Promise<Database> {
  const { url, ownerUrl = url, max = 8 } = settings;
  const check = async (address: string) => {
    const client = connect(address, { max: 1 });
    await answered(client, checkServer(client)).finally(() => client.end({ timeout: 1 }));
  };
  const [binder] = await Promise.all([loadBinder(), ...[...new Set([url, ownerUrl])].map(check)]);
  const connection = { role: APPLICATION_ROLE, lock_timeout: LOCK_MS, idle_in_transaction_session_timeout: 120_000 };
  const pool = createPool(url, { max, connection });
  const listener = createListener(url, { connection });
  const send: Send = async (statement) => {
    assertOutside();
    return retried(
      async () => answer(await pool.current(), statement),
      (error) => wasNotSent(error) || isEcho(error, statement.text),
    ).catch(refuse(databaseErrors.gone));
  };

  return {
    kind: 'postgres',
    db: binder.db(send),
    watched: (watch) => binder.db(watched(send, watch)),
    rows: binder.rows(send),
    transaction: createTransaction(
      (mode) =>
        retried(
          async () => begin(await pool.current(), mode),
          (error) => wasNotSent(error) || isLost(error),
        ).catch(refuse(databaseErrors.unreachable)),
      binder,
    ),
    owner: (run) => withOwner(ownerUrl, binder, run),
    async becomeApp() {}, // the pool's connections are the application from the start
    async listen(channel, heard) {
      assertOutside();
      return listener.listen(channel, heard);
    },
    queue: { kind: 'postgres', url, ownerUrl },
    async close() {
      await Promise.all([listener.close(), pool.close()]);
    },
  };
}

async function withOwner<T>(url: string, binder: Binder, run: (owner: OwnerSession) => Promise<T>): Promise<T> {
  assertOutside();
  let lost = false;
  const onclose = () => {
    lost = true; // a new connection would have none of the session's locks
  };
  const client = connect(url, { max: 1, max_lifetime: 0, onclose });
  const assertAlive = () => {
    if (lost) throw databaseErrors.unreachable();
  };
  const session: OpenSession = {
    async send(statement) {
      assertAlive();
      return answer(client, statement).catch(refuse(databaseErrors.gone));
    },
    async script(text) {
      assertAlive();
      await client.unsafe(text).simple().catch(refuse(databaseErrors.gone));
    },
    async begin() {
      assertAlive();
      return begin(client, '').catch(refuse(databaseErrors.unreachable));
    },
  };
  try {
    return await runAsOwner(binder, session, run);
  } finally {
    await client.end({ timeout: 5 });
  }
}

/** Tries again what surely had no effect. */
async function retried<T>(work: () => Promise<T>, hadNoEffect: (error: unknown) => boolean): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || !hadNoEffect(error)) throw error;
    }
  }
}

// Connections that are used until one of them is lost, and then all made anew. postgres.js 3.4.9 connects the object of a lost connection
// again with what stood in it unsent: what is asked of it then waits for ever, or is answered with an old error (its issues 1193 and 1216).
import type postgres from 'postgres';
import { databaseErrors } from './errors.ts';
import { connect, refuse } from './postgres-connection.ts';

export type Options = postgres.Options<Record<string, never>>;

export interface Pool {
  /** None of its connections was lost so far. Errors: those of connecting, database.unreachable after 10 seconds. */
  current(): Promise<postgres.Sql>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
/** So long the work on connections that were not lost may go on beside the new ones. */
const RETIRE_SECONDS = 10;
const CLOSE_SECONDS = 5;

/** What `work` answers. A server that takes no connection, or ends each as soon as it is there, fails it after 10 seconds: `client` is then ended. */
export async function answered<T>(client: postgres.Sql, work: Promise<T>): Promise<T> {
  const clock = setTimeout(() => void client.end({ timeout: 0 }), CONNECT_MS);
  try {
    return await work;
  } finally {
    clearTimeout(clock);
  }
}

/** Connects when it is first asked for. Errors: database.bad_url. */
export function createPool(url: string, options: Options): Pool {
  let pool = open();
  let replacing: Promise<void> | undefined;
  let isClosed = false;

  function open() {
    const opened = { isLost: false, client: connect(url, { ...options, max_lifetime: null, onclose: lose }) };
    function lose() {
      opened.isLost = true;
      if (opened === pool) retire(opened);
    }
    return opened;
  }

  /** Statements that it has lost are answered by its end, so it begins at once; it waits for them, and nobody waits for it. */
  function retire({ client }: typeof pool): void {
    void client.end({ timeout: RETIRE_SECONDS });
  }

  async function replace(): Promise<void> {
    const fresh = open();
    try {
      await answered(fresh.client, fresh.client.unsafe('select 1')).catch(refuse(databaseErrors.unreachable));
      if (isClosed) throw databaseErrors.unreachable();
    } catch (error) {
      await fresh.client.end({ timeout: 0 });
      throw error;
    }
    pool = fresh;
    if (fresh.isLost) retire(fresh);
  }

  return {
    async current() {
      if (pool.isLost && !isClosed) {
        replacing ??= replace().finally(() => {
          replacing = undefined;
        });
        await replacing;
      }
      return pool.client;
    },
    async close() {
      isClosed = true;
      await Promise.all([pool.isLost || pool.client.end({ timeout: CLOSE_SECONDS }), replacing?.catch(() => undefined)]);
    },
  };
}

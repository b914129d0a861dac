// The application's connections. One that was lost is left, and the next is another one.
import pg from 'pg';
import { databaseErrors } from './errors.ts';
import { Client, configOf, cut, type SessionSettings } from './postgres-client.ts';
import { connectionRefusal } from './postgres-server.ts';

export interface Pool {
  /** One that nobody else has, until it is released. Errors: those of connecting, database.unreachable when the pool was closed. */
  take(): Promise<pg.PoolClient>;
  /** Waits 5 seconds for those that are still used. */
  close(): Promise<void>;
}

/** A server keeps memory for what each has prepared. */
const LIFETIME_SECONDS = 45 * 60;
const CLOSE_MS = 5_000;

/** Connects when it is first asked for. Errors: database.bad_url. */
export function createPool(url: string, max: number, settings: SessionSettings): Pool {
  const pool = new pg.Pool({
    ...configOf(url, settings),
    max,
    Client: Client as new () => pg.ClientBase, // declared without the configuration that it is given
    idleTimeoutMillis: 0,
    maxLifetimeSeconds: LIFETIME_SECONDS,
  });
  const ends = new Map<pg.Client, Promise<void>>();
  const closing = Promise.withResolvers<undefined>();
  pool.on('error', () => undefined); // an idle one was lost: it is in the pool no more
  pool.on('connect', (client) => {
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    ends.set(client, ended);
    void ended.then(() => ends.delete(client));
  });

  return {
    async take() {
      const taking = pool.connect();
      // a pool that is being ended does not answer those who wait
      const taken = await Promise.race([taking, closing.promise]).catch((error) => {
        throw connectionRefusal(error);
      });
      if (taken) return taken;
      taking.then((late) => late.release(true)).catch(() => undefined);
      throw databaseErrors.unreachable({ reason: 'closed' });
    },
    async close() {
      closing.resolve(undefined);
      const clock = Promise.withResolvers<void>();
      const timer = setTimeout(clock.resolve, CLOSE_MS);
      await Promise.race([pool.end().then(() => Promise.all(ends.values())), clock.promise]);
      clearTimeout(timer);
      for (const client of ends.keys()) cut(client);
    },
  };
}

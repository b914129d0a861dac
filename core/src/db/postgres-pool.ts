// The application's connections. One that was lost is left, and the next is another one.
import pg from 'pg';
import { databaseErrors } from './errors.ts';
import { assertRole, Client, configOf, cut, type SessionSettings } from './postgres-client.ts';
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
export function createPool(url: string, max: number, settings: SessionSettings & { readonly role: string }): Pool {
  const ends = new Map<pg.Client, Promise<void>>();
  const config = configOf(url, settings);
  class Member extends Client {
    constructor() {
      super(config);
      const ended = new Promise<void>((resolve) => this.once('end', resolve));
      ends.set(this, ended);
      void ended.then(() => ends.delete(this));
    }
  }
  const pool = new pg.Pool({
    max,
    Client: Member, // with a limit of its own for the login: the pool's counts the time in which one waits for somebody else's connection too
    idleTimeoutMillis: 0,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    onConnect: (client) => assertRole(client, settings.role),
  });
  const closed = Promise.withResolvers<undefined>();
  let closing: Promise<void> | undefined;
  pool.on('error', () => undefined); // an idle one was lost: it is in the pool no more
  pool.on('release', (error, client) => {
    if (error) cut(client); // whoever waits for its place does not wait for its server
  });

  async function close(): Promise<void> {
    closed.resolve(undefined);
    const late = Promise.withResolvers<void>();
    const clock = setTimeout(late.resolve, CLOSE_MS);
    await Promise.race([pool.end().then(() => Promise.all(ends.values())), late.promise]);
    clearTimeout(clock);
    for (const client of ends.keys()) cut(client);
  }

  return {
    async take() {
      const taking = closing ? undefined : pool.connect();
      // a pool that is being ended does not answer those who wait
      const taken = await Promise.race([taking, closed.promise]).catch((error) => {
        throw connectionRefusal(error);
      });
      if (taken) return taken;
      taking?.then((late) => late.release(true)).catch(() => undefined);
      throw databaseErrors.unreachable({ reason: 'closed' });
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

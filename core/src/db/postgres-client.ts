// Connections of pg that send and answer in our forms.
import pg from 'pg';
import { type ConnectionOptions, parse, toClientConfig } from 'pg-connection-string';
import { type ErrorFactory, TroupeError } from '../errors.ts';
import { withoutValues } from './database-error.ts';
import { databaseErrors } from './errors.ts';
import { connectionRefusal, isLoss, reasonOf } from './postgres-server.ts';
import { parsersOf } from './postgres-types.ts';
import { columnOf, isStalePlan } from './prepared.ts';
import type { Statement } from './statement.ts';

/** Settings of a session, as `set` would take them. */
export type SessionSettings = Readonly<Record<string, string | number>>;

/** From the first byte to the end of the login. */
const CONNECT_MS = 10_000;
/** On a path where nothing is said for so long the system asks whether there is anybody. */
const SILENCE_MS = 30_000;
const PROTOCOLS = ['postgres:', 'postgresql:'];
/** How values are written, which `postgres-types.ts` reads. */
const FORMS: SessionSettings = {
  TimeZone: 'UTC',
  DateStyle: 'ISO',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: 1,
};

/** What pg connects with. The files that an address names (certificates) are read now. Errors: database.bad_url. */
export function configOf(url: string, settings: SessionSettings = {}): pg.ClientConfig {
  if (!URL.canParse(url) || !PROTOCOLS.includes(new URL(url).protocol)) throw databaseErrors.bad_url();
  const { host, port, user, password, database, ssl, sslnegotiation, application_name, options } = parsed(url);
  // ours stand last: an address cannot choose another role, and what else it may say of limits is left out
  const ours = Object.entries({ ...FORMS, ...settings }).map(([name, value]) => `-c ${name}=${value}`);
  return {
    ...{ host, port, user, password, database, ssl, sslnegotiation, application_name },
    options: [options ?? '', ...ours].join(' ').trim(),
    fallback_application_name: 'troupe',
    keepAlive: true,
    keepAliveInitialDelayMillis: SILENCE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    pipeline: true,
  };
}

function parsed(url: string): pg.ClientConfig {
  try {
    const options: ConnectionOptions = parse(url);
    if (typeof options.ssl === 'string') throw new TypeError('ssl is said by sslmode'); // the library would go on without it
    return toClientConfig(options);
  } catch (error) {
    throw databaseErrors.bad_url({ reason: (error as { code?: unknown }).code ?? (error as Error).name }); // its message may hold the password
  }
}

/** A connection that is over when anything goes wrong with it, and that ends no process. */
export class Client extends pg.Client {
  constructor(config: pg.ClientConfig = {}) {
    super(config);
    this.on('error', () => undefined); // whoever asks something of it is told
    const connection = this.connection as unknown as Wire;
    connection.on('copyInResponse', () => cut(this)); // pg would wait for ever for the end of what it has no bytes for
    const read = connection.attachListeners.bind(connection);
    connection.attachListeners = (stream) => read(cautious(stream));
  }

  override connect(): Promise<pg.Client>;
  override connect(told: (error: Error) => void): void;
  override connect(told?: (error: Error) => void): Promise<pg.Client> | undefined {
    const connecting = super.connect();
    connecting.catch(() => cut(this)); // a login that we give up, and the server does not
    if (!told) return connecting;
    connecting.then(() => told(undefined as unknown as Error), told); // as pg tells its pool
    return undefined;
  }
}

/** What pg reads a server's words from; it declares none of it. */
interface Wire {
  on(event: 'copyInResponse', heard: () => void): void;
  attachListeners(stream: Words): void;
}

interface Words {
  on(event: string, heard: (word: unknown) => void): unknown;
  destroy(error: Error): void;
}

/** pg throws at words that it does not know, where nobody catches: they end the connection. */
function cautious(stream: Words): Words {
  return {
    on: (event, heard) =>
      stream.on(event, (word) => {
        try {
          heard(word);
        } catch (error) {
          stream.destroy(error as Error);
        }
      }),
    destroy: (error) => stream.destroy(error),
  };
}

/** One connection for `work`, ended afterwards. Errors: those of connecting. */
export async function withClient<T>(
  url: string,
  work: (client: Client) => Promise<T>,
  limits: Pick<pg.ClientConfig, 'query_timeout'> = {},
): Promise<T> {
  const client = await connect({ ...configOf(url), ...limits });
  try {
    return await work(client);
  } finally {
    await end(client);
  }
}

/** What is answered at once, over a connection of its own. Errors: those of connecting, database.unreachable after 10 seconds. */
export function ask<T>(url: string, question: (client: Client) => Promise<T>): Promise<T> {
  const told = (client: Client) =>
    question(client).catch((error) => {
      throw refusal(error, databaseErrors.unreachable);
    });
  return withClient(url, told, QUICK);
}

/** Errors: database.unreachable, bad_login, no_database, no_role. */
async function connect(config: pg.ClientConfig): Promise<Client> {
  const client = new Client(config);
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw connectionRefusal(error);
  }
}

/** Whether no transaction is open on it: whoever is next would fall into that one. */
export const isIdle = (client: pg.ClientBase): boolean => client.getTransactionStatus() === 'I';

/** Of connections, as the server itself says: a pooler in between makes up others. */
const pids = new WeakMap<pg.ClientBase, number>();

/** A pooler in between may leave the settings of a session out. Errors: database.no_role; pg's. */
export async function assertRole(client: pg.ClientBase, role: string): Promise<void> {
  const { rows } = await client.query<{ role: string; zone: string; pid: number }>({
    ...QUICK,
    text: `select current_user::text as role, current_setting('TimeZone') as zone, pg_backend_pid() as pid`,
  });
  const [is] = rows;
  if (is) pids.set(client, is.pid);
  if (is?.role !== role || is.zone !== FORMS.TimeZone) throw databaseErrors.no_role({ reason: `the session is ${is?.role}'s` });
}

/** Of a statement that a server answers at once, if it answers at all: without an answer the connection is cut. */
export const QUICK = { query_timeout: 10_000 };

/** At once: what it was asked fails. */
export function cut(client: pg.Client): void {
  client.connection.stream.destroy();
}

const GOODBYE_MS = 1_000;

/** When it was asked nothing more. */
export async function end(client: pg.Client): Promise<void> {
  const clock = setTimeout(() => cut(client), GOODBYE_MS);
  await client.end();
  clearTimeout(clock);
}

/** Sends one statement. Answers what to do with its answer once it is sure that the connection was not lost. Errors: pg's; see `refusal`. */
export async function answer(
  client: pg.ClientBase,
  { text, params, form, watch }: Statement,
  isPrepared = true,
): Promise<() => readonly unknown[]> {
  const query = {
    text,
    values: [...params],
    types: parsersOf(form),
    queryMode: 'extended', // a simple one may hold several statements, and one of them a commit
    ...(params.length > 0 && isPrepared && { name: nameOf(text) }),
    ...(form === 'arrays' && { rowMode: 'array' }),
  };
  gather(client as pg.Client);
  const { rows, fields } = await client.query(query);
  return () => {
    watch?.({ text, columns: fields.map(columnOf), rows });
    return rows;
  };
}

/** What is sent at one moment leaves in one piece: to write to a socket costs as much as many a statement. */
export function gather({ connection: { stream } }: pg.Client): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Statements beyond so many different ones are not prepared: their texts are made up, and a server keeps all that are. */
const MOST_PREPARED = 5_000;
const prepared = new Map<string, string>();
let generation = 0;

/** Under which a server keeps this text. */
function nameOf(text: string): string | undefined {
  const known = prepared.get(text);
  if (known !== undefined || prepared.size >= MOST_PREPARED) return known;
  const name = `troupe_${generation}_${prepared.size}`;
  prepared.set(text, name);
  return name;
}

/** Whether a statement failed because what was prepared is not so any more; from now on all have other names. */
export function isStale(error: unknown): boolean {
  const is = error instanceof pg.DatabaseError && isStalePlan(error);
  if (is) {
    prepared.clear();
    generation += 1;
  }
  return is;
}

/** Whether a statement was not executed because it writes and its transaction only reads. */
export const wouldWrite = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '25006';

/** Cancels what runs on another connection; when that cannot be, it runs on. */
export async function cancel(url: string, client: pg.Client): Promise<void> {
  const pid = pids.get(client);
  if (pid !== undefined) await ask(url, (other) => other.query('select pg_cancel_backend($1)', [pid])).catch(() => undefined);
}

/** What to throw for the error of something that was sent; `lost` is what it means when the connection ended meanwhile. */
export function refusal(error: unknown, lost: ErrorFactory): unknown {
  if (error instanceof TroupeError) return error;
  return isLoss(error) ? lost({ reason: reasonOf(error) }, error) : withoutValues(error);
}

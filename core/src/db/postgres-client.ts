// Connections of pg that send and answer in our forms.
import pg from 'pg';
import { type ErrorFactory, TroupeError } from '../errors.ts';
import { withoutValues } from './database-error.ts';
import { databaseErrors } from './errors.ts';
import { connectionRefusal, isLoss } from './postgres-server.ts';
import { parsersOf } from './postgres-types.ts';
import type { Statement } from './statement.ts';

/** Settings of a session, as `set` would take them. */
export type SessionSettings = Readonly<Record<string, string | number>>;

/** From the first byte to the end of the login. */
const CONNECT_MS = 10_000;
const ANSWER_MS = 10_000;
const PROTOCOLS = ['postgres:', 'postgresql:'];
/** Statements beyond so many different ones are not prepared: their texts are made up, and a server keeps all that are. */
const MOST_PREPARED = 5_000;
const prepared = new Map<string, string>();

/** What pg connects with. Errors: database.bad_url. */
export function configOf(url: string, settings: SessionSettings = {}): pg.ClientConfig {
  if (!URL.canParse(url) || !PROTOCOLS.includes(new URL(url).protocol)) throw databaseErrors.bad_url();
  const address = new URL(url);
  // ours stand last: an address cannot choose another role
  const given = Object.entries({ TimeZone: 'UTC', ...settings }).map(([name, value]) => `-c ${name}=${value}`);
  address.searchParams.set('options', [address.searchParams.get('options') ?? '', ...given].join(' ').trim());
  return { connectionString: address.href, fallback_application_name: 'troupe', keepAlive: true, pipeline: true };
}

/** A connection that gives up when the login takes longer than 10 seconds, and that ends no process when it is lost. */
export class Client extends pg.Client {
  constructor(config: pg.ClientConfig = {}) {
    super({ ...config, connectionTimeoutMillis: CONNECT_MS });
    this.on('error', () => undefined); // whoever asks something of it is told
  }
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
  return withClient(url, told, { query_timeout: ANSWER_MS });
}

/** Errors: database.bad_url, unreachable, bad_login, no_database, no_role. */
export async function connect(config: pg.ClientConfig): Promise<Client> {
  const client = create(config);
  try {
    await client.connect();
    return client;
  } catch (error) {
    cut(client);
    throw connectionRefusal(error);
  }
}

/** pg reads the files that an address names (certificates) here. */
function create(config: pg.ClientConfig): Client {
  try {
    return new Client(config);
  } catch (error) {
    throw databaseErrors.bad_url({ reason: (error as { code?: unknown }).code ?? (error as Error).name }); // its message may hold the password
  }
}

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

/** Sends one statement. Errors: pg's; see `refusal`. */
export async function answer(client: pg.ClientBase, { text, params, form, watch }: Statement): Promise<readonly unknown[]> {
  const query = {
    text,
    values: [...params],
    types: parsersOf(form),
    queryMode: 'extended', // a simple one may hold several statements, and one of them a commit
    ...(params.length > 0 && { name: nameOf(text) }),
    ...(form === 'arrays' && { rowMode: 'array' }),
  };
  const { rows, fields } = await client.query(query);
  if (watch) {
    const columns = fields.map(({ name, tableID, columnID, dataTypeID }) => ({
      name,
      table: tableID,
      number: columnID,
      type: dataTypeID,
    }));
    watch({ text, columns, rows });
  }
  return rows;
}

/** Under which a server keeps this text. */
function nameOf(text: string): string | undefined {
  const known = prepared.get(text);
  if (known !== undefined || prepared.size >= MOST_PREPARED) return known;
  const name = `troupe_${prepared.size}`;
  prepared.set(text, name);
  return name;
}

/** Cancels what runs on another connection; when that cannot be, it runs on. */
export async function cancel(url: string, client: pg.Client): Promise<void> {
  const { processID } = client as unknown as { readonly processID: number }; // pg keeps it, and declares it nowhere
  await ask(url, (other) => other.query('select pg_cancel_backend($1)', [processID])).catch(() => undefined);
}

/** What to throw for the error of something that was sent; `lost` is what it means when the connection ended meanwhile. */
export function refusal(error: unknown, lost: ErrorFactory): unknown {
  if (error instanceof TroupeError) return error;
  return isLoss(error) ? lost({ reason: reasonOf(error) }, error) : withoutValues(error);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message);
}

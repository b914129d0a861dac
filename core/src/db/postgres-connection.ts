// Connections of postgres.js that send and answer in our forms.
import postgres from 'postgres';
import type { ErrorFactory } from '../errors.ts';
import type { AnsweredColumn } from './database.ts';
import { withoutValues } from './database-error.ts';
import { databaseErrors } from './errors.ts';
import { addArrays } from './postgres-arrays.ts';
import { connectionError } from './postgres-server.ts';
import { type Statement, TEXT_TYPES, TIMESTAMPTZ } from './statement.ts';

const JSON_TYPES = [114, 3802];
const BOOLEAN = 16;
const BYTEA = 17;

/** Errors: database.bad_url. Nothing is connected yet. */
export function connect(url: string, options: postgres.Options<Record<string, never>>): postgres.Sql {
  const { connection, ...rest } = options;
  try {
    const client = postgres(url, {
      connect_timeout: 10,
      backoff: (tries: number) => Math.min(0.05 * 2 ** tries, 2), // seconds; by itself it grows to 20, and so long a listener would be deaf
      onnotice: () => undefined,
      fetch_types: false, // see addArrays
      connection: { application_name: 'troupe', TimeZone: 'UTC', ...connection },
      ...rest,
    });
    const { parsers, serializers } = client.options;
    for (const type of [...TEXT_TYPES, TIMESTAMPTZ]) {
      parsers[type] = asIs;
      serializers[type] = asIs;
    }
    for (const type of JSON_TYPES)
      serializers[type] = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
    serializers[BOOLEAN] = String;
    parsers[BYTEA] = (text: string) => new Uint8Array(Buffer.from(text.slice(2), 'hex'));
    addArrays(client.options);
    return client;
  } catch (error) {
    throw databaseErrors.bad_url({ reason: (error as Error).name }); // its message holds the password
  }
}

/** A statement that can be cancelled. */
export interface Query {
  cancel(): void;
}

/** Sends one statement, and keeps it in `running` until it is answered. */
export async function answer(
  client: Pick<postgres.Sql, 'unsafe'>,
  { text, params, form, watch }: Statement,
  running: Set<Query> = new Set(),
) {
  // prepared, as drizzle's own driver never does; not simple, as a simple one may hold several statements, and one of them a commit
  const options = { prepare: params.length > 0, simple: false };
  const query = client.unsafe<Record<string, unknown>[]>(text, [...params] as never[], options);
  running.add(query);
  try {
    const rows = form === 'arrays' ? await query.values() : withDates(await query);
    if (watch) watch({ text, columns: describedBy(rows), rows });
    return rows;
  } finally {
    running.delete(query);
  }
}

/** postgres.js keeps all that the server says of a column, and declares less. */
function describedBy(rows: unknown): readonly AnsweredColumn[] {
  return ((rows as { columns?: AnsweredColumn[] | null }).columns ?? []).map(({ name, table, number, type }) => ({
    name,
    table,
    number,
    type,
  }));
}

function withDates(rows: postgres.RowList<Record<string, unknown>[]>): readonly unknown[] {
  const dates = (rows.columns ?? []).filter(({ type }) => type === TIMESTAMPTZ).map(({ name }) => name);
  for (const row of dates.length > 0 ? rows : []) {
    for (const name of dates) if (row[name] !== null) row[name] = new Date(String(row[name]));
  }
  return rows;
}

/** What to throw for a driver's error; `lost` is what it means when the connection ended at work. */
export function refusal(error: unknown, lost: ErrorFactory): unknown {
  return connectionError(error, lost) ?? withoutValues(error);
}

/** As a promise's `catch`. */
export function refuse(lost: ErrorFactory) {
  return (error: unknown): never => {
    throw refusal(error, lost);
  };
}

function asIs(value: unknown): unknown {
  return value;
}

// One way to send a statement, for drizzle and for raw rows, whatever the database.
import type { SQL } from 'drizzle-orm';
import type { Db } from '../context.ts';
import type { Rows, Watch } from './database.ts';
import { databaseErrors } from './errors.ts';

export interface Statement {
  readonly text: string;
  readonly params: readonly unknown[];
  /** `arrays`: as drizzle decodes them, dates and times as text. `objects`: the form of `Rows`. */
  readonly form: 'arrays' | 'objects';
  /** Shown the answer with what the database says of its columns. */
  readonly watch?: Watch;
}

/** Answers the rows. Errors: without values in them (`withoutValues`). */
export type Send = (statement: Statement) => Promise<readonly unknown[]>;

/** The same, with somebody who is shown each answer. */
export const watched =
  (send: Send, watch: Watch): Send =>
  (statement) =>
    send({ ...statement, watch });

/** Types that cross as text in both forms: date, timestamp, interval, and the arrays of these, of timestamptz and of numeric. */
export const TEXT_TYPES: readonly number[] = [1082, 1114, 1186, 1115, 1182, 1185, 1187, 1231];
export const TIMESTAMPTZ = 1184;

/** Drizzle and raw rows over a way to send; both refuse to begin or end transactions. */
export interface Binder {
  db(send: Send): Db;
  rows(send: Send): Rows;
  /** Hands on what would be sent. */
  statement(heard: (statement: Statement) => void): (query: SQL) => void;
}

/** Imports drizzle, which takes a third of a second: only when a database is opened. */
export async function loadBinder(): Promise<Binder> {
  const [{ drizzle }, { makePgArray, PgDialect }] = await Promise.all([
    import('drizzle-orm/pg-proxy'),
    import('drizzle-orm/pg-core'),
  ]);
  const dialect = new PgDialect();
  const statement = (text: string, params: readonly unknown[], form: Statement['form']): Statement => {
    if (CONTROL.test(text)) throw databaseErrors.nested_transaction();
    if (OF_SESSION.test(text)) throw databaseErrors.of_session();
    return { text, params: params.map((value) => portable(value, makePgArray)), form };
  };
  const ofQuery = (query: SQL): Statement => {
    const { sql, params } = dialect.sqlToQuery(query);
    return statement(sql, params, 'objects');
  };
  return {
    db(send) {
      const db = drizzle(
        async (text, params, method) => ({
          rows: [...(await send(statement(text, params, method === 'all' ? 'arrays' : 'objects')))],
        }),
        {},
        () => dialect,
      );
      const transaction = () => Promise.reject(databaseErrors.nested_transaction());
      return Object.assign(db, { transaction }) as unknown as Db; // a Db says nothing of the form of execute's answer
    },
    rows: (send) =>
      async function rows<T>(query: SQL): Promise<T[]> {
        return [...(await send(ofQuery(query)))] as T[]; // the caller names the columns that it asked for
      },
    statement: (heard) => (query) => heard(ofQuery(query)),
  };
}

/** Refuses everything once ended; counts what is under way; remembers the first failure. */
export interface Guard {
  readonly send: Send;
  pending(): number;
  failure(): unknown;
  end(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function guard(send: Send): Guard {
  const underWay = new Set<Promise<unknown>>();
  let ended = false;
  let failure: unknown;
  return {
    async send(one) {
      if (ended) throw databaseErrors.context_dead();
      const answer = send(one);
      underWay.add(answer);
      try {
        return await answer;
      } catch (error) {
        failure ??= error;
        throw error;
      } finally {
        underWay.delete(answer);
      }
    },
    pending: () => underWay.size,
    failure: () => failure,
    end() {
      ended = true;
    },
    async idle() {
      await Promise.allSettled(underWay);
    },
  };
}

/** Blanks and comments, which stand where blanks may. */
const BLANK = String.raw`(?:\s|--[^\n\r]*(?:[\n\r]|$)|/\*(?:(?!\*/)[^])*\*/)`;
const startsWith = (words: string) => new RegExp(`^(?:${BLANK}|;)*(?:${words})(?![\\w$])`, 'i');
/** What would stay with a session that others use after it; and COPY, which waits for bytes that nobody has. For mistakes: a function can do the same. */
const OF_SESSION = startsWith(
  `set(?!${BLANK}+(?:local|constraints|transaction)\\b)|reset|discard|deallocate|prepare|copy|listen|unlisten`,
);
const CONTROL = startsWith(
  `begin|start${BLANK}+transaction|commit|end|rollback|abort|savepoint|release|prepare${BLANK}+transaction`,
);

/** As Postgres writes an array. */
type ToArray = (items: unknown[]) => string;

/** Parameters that both drivers, and the message to a worker, take alike. */
function portable(value: unknown, toArray: ToArray): unknown {
  if (value === undefined) return null;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return toArray(value.map((item) => (Array.isArray(item) ? item : portable(item, toArray))));
  return JSON.stringify(value);
}

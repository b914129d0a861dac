import type { SQL } from 'drizzle-orm';
import type { Db } from '../context.ts';
import type { PgliteClient } from './pglite-client.ts';

/**
 * Raw rows, the same on both databases: int2, int4, float4, float8 and oid as numbers, int8 and numeric as strings, boolean as
 * boolean, json and jsonb parsed, timestamptz as Date, bytea as Uint8Array, NULL as null; every other type as Postgres writes it
 * (date, time, timestamp and interval included). Arrays of boolean, bytea, numbers other than numeric, text, char,
 * varchar, name, uuid, json and jsonb are arrays; of numeric, date, timestamp, timestamptz and interval they stay text (`{1.5,2}`). The session's time zone is UTC. As parameters arrays are arrays of Postgres
 * and objects JSON; an array as JSON is given as its text.
 * Errors: a refused statement carries its SQLSTATE, read it with `databaseError`; database.unreachable, database.gone.
 */
export type Rows = <T>(query: SQL) => Promise<T[]>;

/** What the database says of one column of an answer. */
export interface AnsweredColumn {
  readonly name: string;
  /** The table that its values stand in, by oid; 0: they were computed. */
  readonly table: number;
  /** Its number in that table. */
  readonly number: number;
  /** Oid of its type. */
  readonly type: number;
}

/** A statement and all of its answer, as its sender got it. */
export interface Answered {
  readonly text: string;
  readonly columns: readonly AnsweredColumn[];
  readonly rows: readonly unknown[];
}

/** Is shown every statement that is answered. */
export type Watch = (answered: Answered) => void;

/** One transaction. Its statements run in the order in which they were sent. */
export interface Tx {
  /** Drizzle bound to this transaction; `execute` answers rows in the form of `rows`. Ends with `end()`. */
  readonly db: Db;
  /** Works on after `end()`, until the transaction is over: what the kernel writes when the handler is done. */
  readonly rows: Rows;
  /** Drizzle that works on as `rows` does: for what the kernel asks when the handler is done. */
  readonly lastingDb: Db;
  /** The same as `rows` for what the kernel sends beside the handler: neither `pending` nor `sent` count it, and nobody need wait for it. */
  readonly aside: Rows;
  /** From now on shows what `db` is answered. */
  watch(watch: Watch): void;
  /** Statements sent and not answered yet. */
  pending(): number;
  /** How many statements were sent. */
  sent(): number;
  /**
   * Sends a query right behind statement number `at`, counted from 1 as `sent` counts, if it comes before `end`: its answer has no way of its own.
   * Answers how to ask for it: undefined unless that statement was sent, and none after it.
   */
  follow<T>(at: number, query: SQL): () => Promise<T[]> | undefined;
  /** Of a writing transaction: sent last, together with the commit; when it fails, everything is undone and `transaction` throws what it said. */
  closeWith(query: SQL): void;
  /** From now on `db`, and every builder that was made from it, throws database.context_dead. */
  end(): void;
}

export interface TransactionOptions {
  readonly readOnly?: boolean;
  /** From the call to the answer, waiting for a connection included. None: no limit. */
  readonly timeoutMs?: number;
  readonly isolation?: 'read committed' | 'repeatable read';
}

/** What migrations and the queue's installation are given: one connection, as the owner. */
export interface OwnerSession {
  readonly rows: Rows;
  /** Several statements in one text, without parameters. */
  script(text: string): Promise<void>;
  transaction<T>(run: (tx: Pick<OwnerSession, 'rows' | 'script'>) => Promise<T>): Promise<T>;
}

export interface Database {
  readonly kind: 'pglite' | 'postgres';
  /** Outside any transaction, as the application's role. */
  readonly db: Db;
  /** The same, which shows what it is answered. */
  watched(watch: Watch): Db;
  readonly rows: Rows;
  /**
   * Runs `run` in a transaction as the application's role and commits when it resolves.
   * A statement that failed fails the transaction, even if `run` caught its error.
   * Everything else of this database refuses to work inside `run` (database.nested_transaction): on PGlite it would wait for ever.
   * Errors: database.timeout (rolled back), database.open_queries (rolled back), database.gone (the commit's answer was lost).
   */
  transaction<T>(options: TransactionOptions, run: (tx: Tx) => Promise<T>): Promise<T>;
  /** Migrations and the queue's installation only. On PGlite everybody else waits until it ends. */
  owner<T>(run: (owner: OwnerSession) => Promise<T>): Promise<T>;
  /** After the migrations: whoever was the owner (PGlite starts as one) is the application from now on. */
  becomeApp(): Promise<void>;
  /** Hears NOTIFY on a channel, after a restart of the database too; what was told while it was away is lost. Answers how to stop. */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /**
   * What a server's autovacuum does by itself: takes away what was deleted, and counts what is there, table by table. Answers which.
   * Without it an embedded database becomes slower with every write.
   */
  tend(): Promise<readonly string[]>;
  /** What the queue engine connects with. */
  readonly queue:
    | { readonly kind: 'pglite'; readonly client: PgliteClient }
    | { readonly kind: 'postgres'; readonly url: string; readonly ownerUrl: string };
  close(): Promise<void>;
}

export interface PgliteSettings {
  readonly kind: 'pglite';
  /** Undefined: in memory, for tests; a statement that hangs then ends the database. */
  readonly folder: string | undefined;
  /** A new database starts as a copy of this one; see `dumpSnapshot`. */
  readonly snapshot?: Blob;
}

export interface PostgresSettings {
  readonly kind: 'postgres';
  /** Of a login that may `set role troupe_app`. */
  readonly url: string;
  /** Of a login that may create schemas and roles; default: `url`. */
  readonly ownerUrl?: string;
  /** Connections of the application; default 8. */
  readonly max?: number;
}

export type DatabaseSettings = PgliteSettings | PostgresSettings;

/** Owns nothing and bypasses nothing; the migrations create it. */
export const APPLICATION_ROLE = 'troupe_app';

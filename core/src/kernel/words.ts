// Where the words come from that a call stores: the kernel keeps with each row whether somebody outside wrote it.
import { sql } from 'drizzle-orm';
import type { Tx } from '../db/database.ts';
import { textArray } from '../db/text-array.ts';
import type { Authority } from './authorize.ts';
import type { Registry } from './registry.ts';
import type { Work } from './work.ts';

/** Rows of `into` hold words of the rows of `from` with these keys. */
export interface Copy {
  readonly from: string;
  readonly keys: readonly string[];
  readonly into: readonly string[];
}

/** As `core.finish_call` takes it: all that the call writes, or rows of some tables. Absent: the words are the house's own. */
export interface Words {
  readonly untrusted?: true | readonly string[];
  readonly copies?: readonly Copy[];
}

/**
 * What an action or a job says of its input; where it says nothing, whoever does not work here writes words from outside: a guest, a
 * person without a role, and an agent that acts for one. A tainted call writes nothing else, which the database sees by itself.
 */
export function wordsOf(work: Pick<Work, 'untrustedInput'>, { parties }: Authority): Words {
  const { untrustedInput } = work;
  if (untrustedInput !== undefined) return { untrusted: untrustedInput };
  const isOutsider = parties.some(({ kind, roles }) => kind !== 'agent' && roles.every(({ role }) => role === 'guest'));
  return isOutsider ? { untrusted: true } : {};
}

/** The same with what the handler has said meanwhile. */
export function withSaid(
  { untrusted }: Words,
  said: { readonly tables: ReadonlySet<string>; readonly copies: readonly Copy[] },
): Words {
  const tables =
    untrusted === true || (untrusted === undefined && said.tables.size === 0)
      ? untrusted
      : [...(untrusted ?? []), ...said.tables];
  return { ...(tables !== undefined && { untrusted: tables }), ...(said.copies.length > 0 && { copies: said.copies }) };
}

/** A row that holds words from outside. */
export interface UntrustedRow {
  /** `schema.table`. */
  readonly table: string;
  readonly key: string;
  /** The last call that wrote such words into it, and when. */
  readonly callId: string;
  readonly at: Date;
  /** Stands for all calls that did: another one makes it another. */
  readonly seen: string;
}

/** A row whose words somebody has read, as the list showed it. */
export type SeenRow = Pick<UntrustedRow, 'key' | 'seen'>;

export interface UntrustedPage {
  readonly table?: string | undefined;
  readonly key?: string | undefined;
  readonly after?: { readonly table: string; readonly key: string } | undefined;
  readonly limit: number;
}

/** Rows of the tables that somebody reads all of, by table and key, each with the last call that marked it. */
export function untrustedRows(
  tx: Pick<Tx, 'rows'>,
  tables: readonly string[],
  { table, key, after, limit }: UntrustedPage,
): Promise<UntrustedRow[]> {
  return tx.rows(sql`
    select r.table_name as "table", r.key, (array_agg(r.call_id order by r.at desc))[1] as "callId", max(r.at) as at,
      core.marks_seen(array_agg(r.call_id)) as seen
    from core.untrusted_rows r
    where r.table_name = any (${textArray(tables)}) and (${table ?? null}::text is null or r.table_name = ${table ?? null})
      and (${key ?? null}::text is null or r.key = ${key ?? null})
      and (${after?.table ?? null}::text is null or (r.table_name, r.key) > (${after?.table ?? null}, ${after?.key ?? null}))
    group by r.table_name, r.key order by r.table_name, r.key limit ${limit}`);
}

/** What became of each row: one that was written since it was seen stays marked. */
export type Trusted = 'trusted' | 'missing' | 'rewritten';

/** In the order in which they are named. */
export function trustRows(
  tx: Pick<Tx, 'rows'>,
  table: string,
  rows: readonly SeenRow[],
): Promise<{ key: string; became: Trusted }[]> {
  return tx.rows(sql`
    select r.key, core.trust_row(${table}, r.key, r.seen) as became
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (key text, seen text)`);
}

/** The tables of which somebody may read every row. */
export const wholeTables = ({ tables }: Pick<Registry, 'tables'>, { actor }: Pick<Authority, 'actor'>): string[] =>
  [...tables].flatMap(([name, { rule }]) => (actor.rights.get(rule.read) === 'company' ? [name] : []));

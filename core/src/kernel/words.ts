// Where the words come from that a call stores: the kernel keeps with each row whether somebody outside wrote it.
import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../db/database.ts';
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
  /** The first call that wrote such words into it, and when. */
  readonly callId: string;
  readonly at: Date;
}

export interface UntrustedPage {
  readonly table?: string | undefined;
  readonly after?: { readonly table: string; readonly key: string } | undefined;
  readonly limit: number;
}

/** Rows of the tables that somebody reads all of, by table and key, each with the last call that marked it. */
export function untrustedRows(
  tx: Pick<Tx, 'rows'>,
  tables: readonly string[],
  { table, after, limit }: UntrustedPage,
): Promise<UntrustedRow[]> {
  return tx.rows(sql`
    select distinct on (r.table_name, r.key) r.table_name as "table", r.key, r.call_id as "callId", r.at from core.untrusted_rows r
    where r.table_name = any (${texts(tables)}) and (${table ?? null}::text is null or r.table_name = ${table ?? null})
      and (${after?.table ?? null}::text is null or (r.table_name, r.key) > (${after?.table ?? null}, ${after?.key ?? null}))
    order by r.table_name, r.key, r.at desc limit ${limit}`);
}

/** Answers those of the keys that were marked and are so no more. */
export async function trustRows(tx: Pick<Tx, 'rows'>, table: string, keys: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<{ key: string; was: boolean }>(
    sql`select k.key, core.trust_row(${table}, k.key) as was from jsonb_array_elements_text(${JSON.stringify(keys)}::jsonb) k (key)`,
  );
  return rows.filter(({ was }) => was).map(({ key }) => key);
}

/** The tables of which somebody may read every row. */
export const wholeTables = ({ tables }: Pick<Registry, 'tables'>, { actor }: Pick<Authority, 'actor'>): string[] =>
  [...tables].flatMap(([name, { rule }]) => (actor.rights.get(rule.read) === 'company' ? [name] : []));

const texts = (values: readonly string[]): SQL => sql`array(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`;

// What stands in the tables of all plugins, to be compared or searched.
import { asOwner, type TestKernel } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';

type Opened = Pick<TestKernel, 'database' | 'kernel'>;

/** The number of rows and a checksum of each domain table. */
export async function domainState(house: Opened): Promise<Record<string, string>> {
  const tables = await asOwner<{ name: string }>(
    house.database,
    sql`select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any (${`{${[...house.kernel.plugins.keys()].join(',')}}`}::text[]) and c.relkind in ('r', 'p') order by 1`,
  );
  const state: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await asOwner<{ rows: string; sum: string }>(
      house.database,
      sql`select count(*)::text as rows, coalesce(md5(string_agg(t::text, ',' order by t::text)), '') as sum from ${sql.raw(name)} t`,
    );
    state[name] = `${row?.rows} ${row?.sum}`;
  }
  return state;
}

export const changedTables = (before: Record<string, string>, after: Record<string, string>) =>
  Object.keys(after).filter((name) => after[name] !== before[name]);

/** What stands in the tables, and how far the record of changes goes. */
export async function stateNow(house: Opened): Promise<{ readonly tables: Record<string, string>; readonly change: string }> {
  const [row] = await house.database.rows<{ id: string }>(sql`select coalesce(max(c.id), 0)::text as id from core.changes c`);
  return { tables: await domainState(house), change: row?.id ?? '0' };
}

/** Tables that have changed since, but for what the house itself did meanwhile: incidents are looked for each minute. */
export async function changedByActions(house: Opened, before: Awaited<ReturnType<typeof stateNow>>): Promise<string[]> {
  const changed = changedTables(before.tables, await domainState(house));
  const written = await house.database.rows<{ kind: string; table: string }>(sql`
    select distinct e.kind, format('%I.%I', c.schema_name, c.table_name) as table
    from core.changes c join core.audit_entries e on e.call_id = c.call_id where c.id > ${before.change}::bigint`);
  const of = (isAction: boolean) => written.filter(({ kind }) => (kind === 'action') === isAction).map(({ table }) => table);
  const byHouse = new Set(of(false));
  return [...new Set([...changed.filter((table) => !byHouse.has(table)), ...of(true)])];
}

/** Every value of a column of hashes or digests. */
export async function storedHashes(house: Opened): Promise<string[]> {
  const columns = await asOwner<{ place: string; column_name: string }>(
    house.database,
    sql`select format('%I.%I', table_schema, table_name) as place, column_name from information_schema.columns
      where table_schema = any (${`{${[...house.kernel.plugins.keys()].join(',')}}`}::text[]) and column_name ~ '(hash|digest)$'`,
  );
  const found: string[] = [];
  for (const { place, column_name } of columns) {
    const column = sql.identifier(column_name);
    const rows = await asOwner<{ value: string }>(
      house.database,
      sql`select ${column}::text as value from ${sql.raw(place)} where ${column} is not null`,
    );
    found.push(...rows.map(({ value }) => value.replace(/^\\x/, '')));
  }
  return found;
}

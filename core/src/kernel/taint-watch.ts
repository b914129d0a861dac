// Whether what a model is about to read holds words from outside. The database itself says of which table each column of an answer is;
// from the keys that stand beside it the kernel knows the rows. Where they do not, one marked row of the table is enough.
import { sql } from 'drizzle-orm';
import type { Answered, AnsweredColumn, Tx, Watch } from '../db/database.ts';
import { textArray } from '../db/text-array.ts';
import type { CapturedChange } from './preview.ts';
import type { Registry } from './registry.ts';

export interface TaintWatch {
  /** Sees what a handler is answered. */
  readonly watch: Watch;
  /** One question to the database, where words were read at all. `shown`: changes that the answer tells too. */
  isTainted(tx: Pick<Tx, 'rows'>, shown?: readonly CapturedChange[]): Promise<boolean>;
}

interface Table {
  readonly oid: number;
  /** `schema.table`. */
  readonly name: string;
  /** Numbers of the columns of its primary key, in their order. */
  readonly key: readonly number[];
  /** Numbers of the columns that its plugin names as codes. */
  readonly codes: ReadonlySet<number>;
  /** No column of it may hold words. */
  readonly isWordless: boolean;
}

interface Tables {
  readonly byOid: ReadonlyMap<number, Table>;
  readonly byName: ReadonlyMap<string, Table>;
}

/** What may hold words from outside. */
interface Suspects {
  readonly rows: Map<string, { readonly table: string; readonly key: string }>;
  /** Tables of which it is not known which row was read. */
  readonly tables: Set<string>;
  /** Calls whose record was read. */
  readonly calls: Set<string>;
  /** Something was read that no table is known of. */
  anything: boolean;
}

/** Types that hold no words: numbers, times, booleans, uuids, bits, and arrays of them. */
const WORDLESS: ReadonlySet<number> = new Set([
  ...[16, 20, 21, 23, 26, 700, 701, 790, 1082, 1083, 1114, 1184, 1186, 1266, 1560, 1562, 1700, 2950],
  ...[1000, 1005, 1007, 1016, 1021, 1022, 1028, 1115, 1182, 1183, 1185, 1187, 1231, 2951],
]);
/** Oids below are the system's own. */
const FIRST_OID = 16_384;

/** What is known of tables is kept for as long as the process lives: they change when the house is started. */
export function createTaintWatcher(registry: Pick<Registry, 'tables'>) {
  let tables: Tables | undefined;

  return function begin(): TaintWatch {
    const seen: Answered[] = [];
    return {
      watch({ text, columns, rows }) {
        const speaking = columns.filter((column) => !WORDLESS.has(column.type));
        // a handler may change the rows that it was given
        if (speaking.length > 0 && rows.length > 0) seen.push({ text, columns, rows: rows.map(copyOf) });
      },
      async isTainted(tx, shown = []) {
        const told = seen
          .map((answered) => ({ ...answered, speaking: speakingColumns(answered) }))
          .filter(({ speaking }) => speaking.length > 0);
        if (told.length === 0 && shown.length === 0) return false;
        const isUnknown = ({ table }: AnsweredColumn) => table >= FIRST_OID && !tables?.byOid.has(table);
        if (!tables || told.some(({ columns }) => columns.some(isUnknown))) tables = await readTables(tx, registry);
        const suspects: Suspects = { rows: new Map(), tables: new Set(), calls: new Set(), anything: false };
        for (const { table, key } of shown) suspects.rows.set(`${table}/${key}`, { table, key });
        for (const answered of told) for (const column of answered.speaking) suspect(suspects, tables, answered, column);
        return isAnyMarked(tx, suspects);
      },
    };
  };
}

const copyOf = (row: unknown): unknown => (Array.isArray(row) ? [...row] : { ...(row as object) });

function speakingColumns({ columns, rows }: Answered): AnsweredColumn[] {
  return columns.filter((column) => !WORDLESS.has(column.type) && rows.some((row) => hasWords(cellOf(row, columns, column))));
}

function suspect(suspects: Suspects, tables: Tables, answered: Answered, column: AnsweredColumn): void {
  if (column.table !== 0 && column.table < FIRST_OID) return;
  const found = column.table === 0 ? namedIn(answered.text, tables) : [tables.byOid.get(column.table)];
  for (const table of found) {
    if (!table) suspects.anything = true;
    else if (table.isWordless || (column.table !== 0 && table.codes.has(column.number))) continue;
    else if (table.name.startsWith('core.')) suspectRecord(suspects, tables, answered, column);
    else suspectRows(suspects, answered, column, table);
  }
}

/** Words of the record are those of the row whose change it tells, or else of the call. */
function suspectRecord(suspects: Suspects, tables: Tables, { columns, rows }: Answered, column: AnsweredColumn): void {
  const [schema, name, key] = ['schema_name', 'table_name', 'key'].map((one) =>
    columns.find(
      (other) => other.name === one && other.table === tables.byName.get('core.changes')?.oid && isAlone(columns, rows, other),
    ),
  );
  if (schema && name && key) {
    for (const row of rows) {
      const of = {
        table: `${cellOf(row, columns, schema)}.${cellOf(row, columns, name)}`,
        key: String(cellOf(row, columns, key)),
      };
      suspects.rows.set(`${of.table}/${of.key}`, of);
    }
    return;
  }
  const call = columns.find(({ name, table }) => name === 'call_id' && tables.byOid.get(table)?.name.startsWith('core.'));
  if (!call || !isAlone(columns, rows, call)) {
    suspects.anything = true;
    return;
  }
  for (const row of rows) if (hasWords(cellOf(row, columns, column))) suspects.calls.add(String(cellOf(row, columns, call)));
}

function suspectRows(
  suspects: Suspects,
  { text, columns, rows }: Answered,
  column: AnsweredColumn,
  { oid, name, key }: Table,
): void {
  const keys = key.map((number) => columns.find((one) => one.table === oid && one.number === number));
  // two looks at one table in one statement could show the key of one row beside the words of another
  const isKeyed =
    key.length > 0 &&
    keys.every((one) => one !== undefined && isAlone(columns, rows, one)) &&
    timesRead(text, name) <= 1 &&
    !NAMES_A_QUERY.test(text) &&
    !(column.table === 0 && GATHERS.test(text));
  if (!isKeyed) {
    suspects.tables.add(name);
    return;
  }
  for (const row of rows) {
    if (!hasWords(cellOf(row, columns, column))) continue;
    const values = keys.map((one) => one && cellOf(row, columns, one));
    if (values.some((value) => value === null || value === undefined)) suspects.tables.add(name);
    else suspects.rows.set(`${name}/${values.join('/')}`, { table: name, key: values.join('/') });
  }
}

/** Rows come by place or by name. */
function cellOf(row: unknown, columns: readonly AnsweredColumn[], column: AnsweredColumn): unknown {
  return Array.isArray(row) ? row[columns.indexOf(column)] : (row as Record<string, unknown>)[column.name];
}

/** Whether it is clear whose value this is. By name, of two columns with one name only the last is there. */
const isAlone = (
  columns: readonly AnsweredColumn[],
  [row]: readonly unknown[],
  { name, table, number }: AnsweredColumn,
): boolean =>
  columns.filter((one) => (one.table === table && one.number === number) || (one.name === name && !Array.isArray(row))).length ===
  1;

/** Whether a value says more than numbers, times and ids of hexadecimal digits. */
function hasWords(value: unknown): boolean {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return false;
  if (typeof value === 'string') return /[g-z]|[^ -~\s]/i.test(value);
  if (Array.isArray(value)) return value.some(hasWords);
  return true;
}

/** The tables that a statement names. */
function namedIn(text: string, { byName }: Tables): Table[] {
  const names = [...text.matchAll(/"?([a-z_][\w$]*)"?\s*\.\s*"?([a-z_][\w$]*)"?/gi)].map(
    ([, schema, table]) => `${schema}.${table}`,
  );
  return [...new Set(names)].flatMap((name) => byName.get(name.toLowerCase()) ?? []);
}

/** What is computed of many rows may stand beside the key of one. */
const GATHERS = /\bover\b|agg\s*\(/i;

/** `with one as (…)`: such a query may be looked at twice, and stands there once. */
const NAMES_A_QUERY = /\bwith\s+(?:recursive\s+)?"?\w+"?\s*(?:\([^)]*\)\s*)?as\b/i;

/** How often a statement takes rows from a table. */
function timesRead(text: string, name: string): number {
  const [schema, table] = name.split('.');
  return [
    ...text.matchAll(
      new RegExp(`(?:from|join|,|update|into)\\s+(?:only\\s+)?"?${schema}"?\\s*\\.\\s*"?${table}"?(?!["\\w.]|\\s*\\.)`, 'gi'),
    ),
  ].length;
}

async function readTables(tx: Pick<Tx, 'rows'>, registry: Pick<Registry, 'tables'>): Promise<Tables> {
  const found = await tx.rows<
    Omit<Table, 'codes' | 'isWordless'> & { readonly columns: readonly { name: string; number: number; type: number }[] }
  >(sql`
    select c.oid, n.nspname || '.' || c.relname as name, coalesce((
        select json_agg(k.num order by k.ord) from pg_index i, unnest(i.indkey::int2[]) with ordinality k (num, ord)
        where i.indrelid = c.oid and i.indisprimary), '[]') as key, coalesce((
        select json_agg(json_build_object('name', a.attname, 'number', a.attnum, 'type', a.atttypid::int8)) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '[]') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid >= ${FIRST_OID} and c.relkind in ('r', 'p', 'v', 'm', 'f')`);
  const rows = found.map(({ columns, ...table }): Table => {
    const declared = registry.tables.get(table.name);
    const named = new Set(declared?.rule.codes?.map((key) => declared.columns[key]));
    const codes = new Set(columns.filter(({ name }) => named.has(name)).map(({ number }) => number));
    return { ...table, codes, isWordless: columns.every(({ number, type }) => codes.has(number) || WORDLESS.has(type)) };
  });
  return {
    byOid: new Map(rows.map((table) => [table.oid, table])),
    byName: new Map(rows.map((table) => [table.name, table])),
  };
}

async function isAnyMarked(tx: Pick<Tx, 'rows'>, { rows, tables, calls, anything }: Suspects): Promise<boolean> {
  const [found] = await tx.rows<{ tainted: boolean }>(sql`select
    exists (select from jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb) s ("table" text, key text)
      join core.untrusted_rows r on r.table_name = s.table and r.key = s.key)
    or exists (select from core.untrusted_rows r where r.table_name = any (${textArray(tables)}))
    or exists (select from core.untrusted_rows r where r.call_id = any (${textArray(calls)}::uuid[]))
    or (${anything}::boolean and exists (select from core.untrusted_rows)) as tainted`);
  return found?.tainted !== false;
}

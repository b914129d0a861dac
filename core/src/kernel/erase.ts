// Erases what is kept of a person: first in the tables that plugins declare, then in the record, whose texts are emptied.
import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../db/database.ts';
import { textArray } from '../db/text-array.ts';
import type { DataSubject, ErasedRows, PersonalData } from '../define/personal.ts';
import type { RegisteredTable, Registry } from './registry.ts';

interface Erasure {
  readonly tx: Pick<Tx, 'rows'>;
  readonly registry: Pick<Registry, 'tables' | 'actions'>;
  readonly whose: DataSubject;
  /** Records of business from this moment on stay as they are. */
  readonly keepSince: Date | undefined;
}

interface PersonalTable {
  /** `schema.table`. */
  readonly name: string;
  readonly table: RegisteredTable;
  readonly personal: PersonalData;
}

/** A row of theirs, before it is erased. */
interface Row {
  readonly key: string;
  readonly kept: boolean;
  readonly values: readonly (string | null)[];
}

/** Longer texts are found by the call that wrote them, not by what they say. */
const MOST_LETTERS = 1_000;

/**
 * Errors: those of the tables' constraints. Calls that write of the same person meanwhile are not waited for.
 * What is said of them in other people's words is found by their address alone.
 */
export async function erasePersonalData(erasure: Erasure): Promise<ErasedRows[]> {
  const done: ErasedRows[] = [];
  const add = (table: string, outcome: ErasedRows['outcome'], rows: number) => {
    if (rows > 0) done.push({ table, outcome, rows });
  };
  const values = new Set<string>();
  const calls = new Set<string>();
  let emptied = 0;
  const kept: string[] = [];
  for (const one of personalTables(erasure.registry)) {
    const rows = await findRows(erasure, one);
    const [needed, free] = [rows.filter((row) => row.kept), rows.filter((row) => !row.kept)];
    for (const value of free.flatMap((row) => row.values)) if (value) values.add(value);
    kept.push(...needed.map(({ key }) => `${one.name}/${key}`));
    add(one.name, 'kept', needed.length);
    add(one.name, one.personal.columns === 'row' ? 'deleted' : 'replaced', await eraseRows(erasure, one));
    const found = await emptyChanges(erasure, one, kept);
    emptied += found.length;
    for (const call of found) calls.add(call);
  }
  emptied += await emptyChangesThatName(erasure, kept);
  add('core.changes', 'emptied', emptied);
  add('core.audit_bodies', 'emptied', await emptyBodies(erasure, [...calls], [...values]));
  add('core.idempotency', 'emptied', await forgetAnswers(erasure, [...calls]));
  add('core.outbox', 'emptied', await emptyEvents(erasure));
  return done;
}

/** The plugins whose tables an erasure writes to. */
export const pluginsWithPersonalData = (registry: Erasure['registry']) =>
  new Set(personalTables(registry).map(({ table }) => table.plugin.id));

function personalTables({ tables }: Pick<Registry, 'tables'>): PersonalTable[] {
  return [...tables].flatMap(([name, table]) => (table.rule.personal ? [{ name, table, personal: table.rule.personal }] : []));
}

const columnOf = ({ columns }: RegisteredTable, key: string): SQL => sql`${sql.identifier(columns[key] ?? key)}`;
const ownersOf = ({ table, personal }: PersonalTable): readonly string[] => [personal.of ?? table.rule.own ?? []].flat();
const keyOf = ({ primaryKey }: RegisteredTable): SQL => sql`${sql.identifier(primaryKey)}::text`;

/** SQL for `whose`; false where the table knows them by neither. */
function isTheirs({ whose }: Erasure, one: PersonalTable): SQL {
  const ways = [
    ...(whose.id === undefined ? [] : ownersOf(one).map((owner) => sql`${columnOf(one.table, owner)} = ${whose.id}`)),
    ...(whose.email !== undefined && one.personal.email !== undefined
      ? [sql`lower(${columnOf(one.table, one.personal.email)}) = ${whose.email}`]
      : []),
    ...(one.personal.mentions ?? []).flatMap((key) =>
      whose.email === undefined ? [] : [names(sql`${columnOf(one.table, key)}`, whose.email)],
    ),
  ];
  return ways.length === 0 ? sql`false` : sql`(${sql.join(ways, sql` or `)})`;
}

function isKept({ keepSince }: Erasure, { table, personal: { needed, datedBy } }: PersonalTable): SQL {
  const reasons = [
    ...(needed ? [sql`(${needed})`] : []),
    ...(keepSince && datedBy !== undefined ? [sql`${columnOf(table, datedBy)} >= ${keepSince.toISOString()}`] : []),
  ];
  return reasons.length === 0 ? sql`false` : sql`coalesce(${sql.join(reasons, sql` or `)}, false)`;
}

function findRows(erasure: Erasure, one: PersonalTable): Promise<Row[]> {
  const { columns } = one.personal;
  const texts = (columns === 'row' ? [] : columns).map((key) => {
    const column = columnOf(one.table, key);
    return sql`case when length(${column}::text) <= ${MOST_LETTERS} then ${column}::text end`;
  });
  return erasure.tx.rows<Row>(sql`select ${keyOf(one.table)} as key, ${isKept(erasure, one)} as kept,
    array[${sql.join(texts, sql`, `)}]::text[] as values
    from ${one.table.rule.table} where ${isTheirs(erasure, one)} for update`);
}

async function eraseRows(erasure: Erasure, one: PersonalTable): Promise<number> {
  const { table, personal } = one;
  const where = sql`${isTheirs(erasure, one)} and not ${isKept(erasure, one)}`;
  if (personal.columns === 'row') {
    const kept = (table.rule.objects ?? []).map((name) => sql`${columnOf(table, name)}::text`);
    const objects = kept.length === 0 ? sql`'{}'::text[]` : sql`array[${sql.join(kept, sql`, `)}]`;
    const deleted = await erasure.tx.rows<{ objects: (string | null)[] }>(
      sql`delete from ${table.rule.table} where ${where} returning ${objects} as objects`,
    );
    await letObjectsGo(erasure, new Set(deleted.flatMap((row) => row.objects.filter((key) => key !== null))));
    return deleted.length;
  }
  const erased = personal.columns.map((key) => {
    const column = columnOf(table, key);
    const instead = key === personal.email || table.required.has(key) ? sql`'erased-' || ${keyOf(table)}` : sql`null`;
    return { set: sql`${column} = ${instead}`, isLeft: sql`${column} is distinct from ${instead}` };
  });
  const replaced = await erasure.tx.rows(sql`update ${table.rule.table}
    set ${sql.join(
      erased.map(({ set }) => set),
      sql`, `,
    )}
    where ${where} and (${sql.join(
      erased.map(({ isLeft }) => isLeft),
      sql` or `,
    )}) returning 1`);
  return replaced.length;
}

/** Those that stand in no other row are deleted by the next sweep of what was prepared; what somebody prepares meanwhile, by the one a day later. */
async function letObjectsGo({ tx }: Erasure, keys: ReadonlySet<string>): Promise<void> {
  if (keys.size === 0) return;
  await tx.rows(sql`insert into core.prepared_objects (key, at) select key, '-infinity' from unnest(${textArray([...keys])}) as key
    on conflict do nothing`);
}

/** Whether a text holds the address, and not one that only begins or ends as it does. */
function names(text: SQL, email: string): SQL {
  const written = JSON.stringify(email).slice(1, -1);
  const whole = `(?<![a-z0-9._%+-])${written.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![a-z0-9-]|\\.[a-z0-9])`;
  return sql`(position(${written} in lower(${text})) > 0 and lower(${text}) ~ ${whole})`;
}

const emptySides = (kept: readonly string[]) => sql`update core.changes c set
  before = case when c.before is not null then '' end, after = case when c.after is not null then '' end
  where (c.before <> '' or c.after <> '') and c.schema_name || '.' || c.table_name || '/' || c.key <> all (${textArray(kept)})`;

/** Of what was captured of their rows, this call's own changes too. Answers the call of each. */
async function emptyChanges({ tx, whose }: Erasure, one: PersonalTable, kept: readonly string[]): Promise<string[]> {
  const { rule, columns, plugin } = one.table;
  const { columns: personal, email } = one.personal;
  if (personal !== 'row' && personal.every((key) => rule.unrecorded.includes(key))) return [];
  const side = (name: 'before' | 'after', key: string) =>
    sql`nullif(c.${sql.identifier(name)}, '')::jsonb ->> ${columns[key] ?? key}`;
  const says = (key: string, value: string) =>
    sql`(lower(${side('before', key)}) = ${value} or lower(${side('after', key)}) = ${value})`;
  const ways = [
    ...ownersOf(one).flatMap((owner) => (whose.id === undefined ? [] : [says(owner, whose.id)])),
    ...(whose.email !== undefined && email !== undefined ? [says(email, whose.email)] : []),
  ];
  if (ways.length === 0) return [];
  const rows = await tx.rows<{ call_id: string }>(sql`${emptySides(kept)}
    and c.schema_name = ${plugin.id} and c.table_name = ${one.name.slice(plugin.id.length + 1)}
    and (${sql.join(ways, sql` or `)}) returning c.call_id`);
  return rows.map(({ call_id }) => call_id);
}

/** Wherever else the address was captured. */
async function emptyChangesThatName({ tx, whose: { email } }: Erasure, kept: readonly string[]): Promise<number> {
  if (email === undefined) return 0;
  const text = sql`(coalesce(c.before, '') || ' ' || coalesce(c.after, ''))`;
  const rows = await tx.rows(sql`${emptySides(kept)} and ${names(text, email)} returning 1`);
  return rows.length;
}

/**
 * Inputs that actions declare as personal: of the calls that wrote what was erased, and of calls that were refused, failed or only tried
 * and said the same. Of actions that are private, all that they said. Beside them whatever holds the address.
 */
async function emptyBodies({ tx, registry, whose: { id, email } }: Erasure, calls: readonly string[], values: readonly string[]) {
  let emptied = 0;
  for (const [name, { action }] of registry.actions) {
    if (!action.personal && !action.private) continue;
    const said = (action.personal ?? []).map(
      (field) => sql`nullif(b.body, '')::jsonb -> 'input' ->> ${field} = any (${textArray(values)})`,
    );
    const isTheirOwn = action.private && id !== undefined ? sql`(e.actor = ${id} or e.on_behalf_of = ${id})` : sql`false`;
    const rows = await tx.rows(sql`update core.audit_bodies b set body = '' from core.audit_entries e
      where e.action = ${name} and b.at = e.at and b.call_id = e.call_id and b.outcome = e.outcome and b.body <> ''
        and (b.call_id = any (${textArray(calls)}::uuid[]) or ${isTheirOwn} or (b.outcome <> 'succeeded' and (${sql.join([sql`false`, ...said], sql` or `)})))
      returning 1`);
    emptied += rows.length;
  }
  if (email === undefined) return emptied;
  const rows = await tx.rows(
    sql`update core.audit_bodies b set body = '' where b.body <> '' and ${names(sql`b.body`, email)} returning 1`,
  );
  return emptied + rows.length;
}

/** Answers that are kept for a repetition of the call: it is told that they are shown once. */
async function forgetAnswers({ tx, whose: { id, email } }: Erasure, calls: readonly string[]): Promise<number> {
  const rows = await tx.rows(sql`update core.idempotency i set answer = null where i.answer is not null
    and (i.call_id = any (${textArray(calls)}::uuid[]) or i.actor = ${id ?? null}
      or ${email === undefined ? sql`false` : names(sql`i.answer`, email)}) returning 1`);
  return rows.length;
}

/** Events that everybody has had; those that somebody waits for name them until they were delivered. */
async function emptyEvents({ tx, whose: { email } }: Erasure): Promise<number> {
  if (email === undefined) return 0;
  const rows = await tx.rows(sql`update core.outbox o set payload = '{}' where ${names(sql`o.payload`, email)}
    and not exists (select from core.deliveries d where d.event_id = o.id and d.state <> 'done') returning 1`);
  return rows.length;
}

// What a dry run shows of its changes: only what this viewer may read.
import { type SQL, sql } from 'drizzle-orm';
import type { Actor } from '../context.ts';
import type { Tx } from '../db/database.ts';
import type { PreviewedChange } from './call.ts';
import type { RegisteredTable, Registry } from './registry.ts';

type Row = Readonly<Record<string, string | null>>;

export interface CapturedChange {
  readonly table: string;
  readonly key: string;
  readonly operation: PreviewedChange['operation'];
  readonly before: string | null;
  readonly after: string | null;
}

/** The captured changes of a call, in the order in which they happened. */
export function capturedChanges(tx: Pick<Tx, 'rows'>, callId: string): Promise<CapturedChange[]> {
  return tx.rows<CapturedChange>(changesOf(callId));
}

/** What `capturedChanges` asks. */
export const changesOf = (callId: string): SQL =>
  sql`select schema_name || '.' || table_name as "table", key, operation, before, after from core.changes where call_id = ${callId} order by id`;

/** What a viewer may read of captured changes: rows of others and hidden columns left out. `ownCall`: the viewer is making this very call. */
export function visibleChanges(
  captured: readonly CapturedChange[],
  registry: Registry,
  viewer: Actor,
  { ownCall = false } = {},
): PreviewedChange[] {
  return captured.flatMap((change) => {
    const table = registry.tables.get(change.table);
    const [before, after] = [parse(change.before), parse(change.after)];
    // all guests have one id, and an agent serves many: what was there before may be another's, what this call makes is the caller's own
    const servesMany = viewer.kind === 'guest' || viewer.kind === 'agent';
    const ownsAny = !servesMany || (ownCall && change.operation === 'insert');
    if (!table || ![before, after].every((row) => row === undefined || mayRead(viewer, table, row, ownsAny))) return [];
    const shown = (row: Row | undefined) => row && withoutHidden(table, row, isOwn(viewer, table, row, ownsAny));
    return [
      {
        table: change.table,
        operation: change.operation,
        ...(before ? { before: shown(before) as Row } : {}),
        ...(after ? { after: shown(after) as Row } : {}),
      },
    ];
  });
}

/** '': erased. */
const parse = (text: string | null): Row | undefined =>
  text === null ? undefined : text === '' ? {} : (JSON.parse(text) as Row);

function mayRead(viewer: Actor, table: RegisteredTable, row: Row, ownsAny: boolean): boolean {
  const { rule } = table;
  const reach = viewer.rights.get(rule.read);
  if (reach === 'company') return true;
  const brandId = row.brand_id;
  if (reach && brandId && reach.has(brandId)) return true;
  return isOwn(viewer, table, row, ownsAny);
}

function isOwn(viewer: Actor, { rule, columns }: RegisteredTable, row: Row, ownsAny: boolean): boolean {
  const own = rule.own && columns[rule.own];
  return ownsAny && own !== undefined && row[own] === viewer.id;
}

function withoutHidden({ rule, columns }: RegisteredTable, row: Row, isTheirs: boolean): Row {
  const hidden = new Set([...rule.hidden, ...(isTheirs ? [] : (rule.private ?? []))].map((key) => columns[key]));
  return Object.fromEntries(Object.entries(row).filter(([column]) => !hidden.has(column)));
}

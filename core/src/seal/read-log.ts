// The log beside the rows that it was made of, page by page.
import { type SQL, sql } from 'drizzle-orm';
import type { Rows } from '../db/database.ts';
import { type Entry, entryColumns, momentText } from './leaf.ts';
import { nodeRange, sameCall } from './store.ts';

/** A leaf with what stands at its place now. `call_id` is null where the audit row is gone, `body` where the body is. */
export type LoggedRow = Entry & {
  readonly position: string;
  readonly place_at: string;
  readonly place_id: string;
  readonly leaf_hash: Uint8Array;
  readonly body_hash: Uint8Array;
  readonly body: string | null;
};

export interface StoredCheckpoint {
  readonly size: string;
  readonly epoch: string;
  readonly xid: string;
  readonly entry_id: string;
  readonly frontier: Uint8Array;
  readonly note: string;
}

/** How far the log goes, and what a row must be to stand behind it. */
export interface Extent {
  readonly now_epoch: string;
  /** By the leaves. */
  readonly leaves: string;
  /** By the newest checkpoint; null: there is none. */
  readonly size: string | null;
  readonly epoch: string | null;
  readonly xid: string | null;
  readonly entry_id: string | null;
}

export async function readExtent(rows: Rows): Promise<Extent> {
  const [extent] = await rows<Extent>(sql`
    select o.epoch as now_epoch, coalesce((select max(s.position) + 1 from core.sealed_entries s), 0) as leaves,
      h.size, h.epoch, h.xid::text, h.entry_id
    from core.epoch o left join lateral (select * from core.checkpoints c order by c.size desc limit 1) h on true`);
  return extent as Extent; // core.epoch always has its row
}

export function readLog(rows: Rows, from: number, to: number): Promise<LoggedRow[]> {
  return rows<LoggedRow>(sql`
    select s.position, ${momentText(sql`s.at`)} as place_at, s.id as place_id, s.leaf_hash, s.body_hash, b.body, ${entryColumns}
    from core.sealed_entries s
    left join core.audit_entries e on e.at = s.at and e.id = s.id
    left join core.audit_bodies b on b.at = e.at and ${sameCall} and b.outcome = e.outcome
    where s.position >= ${from} and s.position < ${to} order by s.position`);
}

/** The packed changes of these leaves, by position. */
export async function readPacked(rows: Rows, from: number, to: number): Promise<Map<number, Uint8Array[]>> {
  const found = await rows<{ position: string; packed: Uint8Array }>(sql`
    select c.position, c.packed from core.sealed_changes c where c.position >= ${from} and c.position < ${to} order by c.position, c.part`);
  const byPosition = new Map<number, Uint8Array[]>();
  for (const { position, packed } of found) {
    const parts = byPosition.get(Number(position));
    if (parts) parts.push(packed);
    else byPosition.set(Number(position), [packed]);
  }
  return byPosition;
}

export function readCheckpoints(rows: Rows, behind: number, upTo: number): Promise<StoredCheckpoint[]> {
  return rows<StoredCheckpoint>(sql`select c.size, c.epoch, c.xid::text, c.entry_id, c.frontier, c.note from core.checkpoints c
    where c.size > ${behind} and c.size <= ${upTo} order by c.size`);
}

/** The stored nodes whose last leaf stands in the range, as `level index`. */
export async function readNodes(
  rows: Rows,
  { from, to, step }: { from: number; to: number; step: number },
): Promise<Map<string, Uint8Array>> {
  const ranges: SQL[] = [];
  for (let level = step; 2 ** level <= to; level += step)
    ranges.push(nodeRange(level, Math.floor(from / 2 ** level), Math.floor(to / 2 ** level)));
  if (ranges.length === 0) return new Map();
  const found = await rows<{ level: number; index: string; hash: Uint8Array }>(sql.join(ranges, sql` union all `));
  return new Map(found.map(({ level, index, hash }) => [`${level} ${index}`, hash]));
}

export interface StrayRow {
  readonly kind: 'entry.inserted' | 'body.inserted' | 'change.inserted';
  readonly at: string;
  readonly id: string | null;
  readonly call_id: string;
  readonly table: string | null;
}

/** What the log does not know and should: rows before its end, and bodies and changes without a row. */
export async function readStrays(rows: Rows, { now_epoch, epoch, xid, entry_id }: Extent, most: number): Promise<StrayRow[]> {
  const entries = await rows<StrayRow>(sql`
    select 'entry.inserted' as kind, ${momentText(sql`e.at`)} as at, e.id, e.call_id, null as table from core.audit_entries e
    where not exists (select from core.sealed_entries s where s.at = e.at and s.id = e.id) and (
      (e.epoch = ${epoch}::uuid and (e.xid, e.id) <= (${xid}::xid8, ${entry_id}::bigint))
      or (e.epoch <> ${epoch}::uuid and ${epoch === now_epoch})
      or (e.epoch = ${now_epoch}::uuid and e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
    ) limit ${most}`);
  const bodies = await rows<StrayRow>(sql`
    select 'body.inserted' as kind, ${momentText(sql`b.at`)} as at, null as id, b.call_id, null as table from core.audit_bodies b
    where not exists (select from core.audit_entries e where e.at = b.at and e.call_id = b.call_id and e.outcome = b.outcome) limit ${most}`);
  const changes = await rows<StrayRow>(sql`
    select 'change.inserted' as kind, ${momentText(sql`c.at`)} as at, c.id, c.call_id, c.schema_name || '.' || c.table_name as table from core.changes c
    where not exists (select from core.audit_entries e where e.at = c.at and e.call_id = c.call_id and e.outcome <> 'initiated') limit ${most}`);
  return [...entries, ...bodies, ...changes];
}

/** Rows that were committed behind the newest checkpoint: the sealer comes to them. */
export async function countWaiting(rows: Rows, { now_epoch, epoch, xid, entry_id }: Extent): Promise<number> {
  const [row] = await rows<{ count: string }>(sql`select count(*) from core.audit_entries e
    where e.epoch = ${now_epoch}::uuid and (${epoch !== now_epoch} or (e.xid, e.id) > (${xid ?? '0'}::xid8, ${entry_id ?? '0'}::bigint))`);
  return Number(row?.count);
}

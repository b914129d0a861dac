// The log as the database keeps it: what waits to be sealed, and how leaves, nodes and a checkpoint are added in one statement.
import { type SQL, sql } from 'drizzle-orm';
import type { Database, Rows } from '../db/database.ts';
import { sealErrors } from './errors.ts';
import { type ChangePlace, type Entry, entryColumns, momentText, type Sides } from './leaf.ts';
import { type CompleteSubtree, type Growing, type Hash, NOTHING, nodeHash } from './merkle.ts';

/** The newest checkpoint, and the last row under it. */
export interface Head {
  readonly size: string;
  readonly epoch: string;
  readonly xid: string;
  readonly entry_id: string;
  readonly frontier: Uint8Array;
  readonly note: string;
}

/** Where sealing goes on: behind this row of this epoch. */
export interface Cursor {
  readonly epoch: string;
  readonly xid: string;
  readonly id: string;
}

export interface Leaf {
  readonly position: number;
  readonly entry: Entry;
  readonly hash: Hash;
  readonly bodyHash: Hash;
  /** Its changes, packed. */
  readonly parts: readonly Uint8Array[];
}

/** A complete subtree that is kept: every fourth level. */
export interface Node {
  readonly level: number;
  readonly index: number;
  readonly hash: Hash;
}

export const LEVELS_AT_ONCE = 4;
const GROUP = 2 ** LEVELS_AT_ONCE;
const CHANGES_AT_ONCE = 5_000;
const BYTES_AT_ONCE = 500_000;
const ADD_MS = 30_000;

export interface State {
  /** The database's epoch now. */
  readonly epoch: string;
  readonly head: Head | undefined;
  /** The first committed row that is not sealed, also one that a running transaction still holds back. */
  readonly waiting: string | undefined;
}

export async function readState(rows: Rows): Promise<State> {
  const [row] = await rows<{ now_epoch: string; waiting: string | null } & Head>(sql`
    select o.epoch as now_epoch, h.size, h.epoch, h.xid::text, h.entry_id, h.frontier, h.note, w.key as waiting
    from core.epoch o
    left join lateral (select * from core.checkpoints c order by c.size desc limit 1) h on true
    left join lateral (
      select e.xid || ' ' || e.id as key from core.audit_entries e where e.epoch = o.epoch and (e.xid, e.id) >
        (case when h.epoch = o.epoch then h.xid else '0'::xid8 end, case when h.epoch = o.epoch then h.entry_id else 0 end)
      order by e.xid, e.id limit 1
    ) w on true`);
  if (!row) throw sealErrors.broken_log();
  const { now_epoch, waiting, ...head } = row;
  return { epoch: now_epoch, head: head.size === null ? undefined : head, waiting: waiting ?? undefined };
}

/** A row with the SHA-256 of its body. */
export type Waiting = Entry & { readonly body_hash: Uint8Array };

/** As `b.call_id = e.call_id`, but not by the index of calls, whose order is that of chance: rows of one time lie side by side. */
export const sameCall = sql`b.call_id is not distinct from e.call_id`;

const waitingRows = (where: SQL, order: SQL, most: number) => sql`
  select ${entryColumns}, sha256(convert_to(coalesce(b.body, ''), 'UTF8')) as body_hash
  from core.audit_entries e left join core.audit_bodies b on b.at = e.at and ${sameCall} and b.outcome = e.outcome
  where ${where} order by ${order} limit ${most}`;

/** The next rows of this epoch: below the oldest running transaction, so that none can come between them any more. */
export function readWaiting(rows: Rows, { epoch, xid, id }: Cursor, most: number): Promise<Waiting[]> {
  const where = sql`e.epoch = ${epoch} and (e.xid, e.id) > (${xid}::xid8, ${id}::bigint) and e.xid < pg_snapshot_xmin(pg_current_snapshot())`;
  return rows<Waiting>(waitingRows(where, sql`e.xid, e.id`, most));
}

/** A partition of the record that was detached, so that what stands in it is not seen. */
export async function readDetached(rows: Rows): Promise<string | undefined> {
  const [found] = await rows<{ name: string }>(sql`select c.relname as name from pg_class c
    where c.relnamespace = 'core'::regnamespace and c.relkind = 'r' and not c.relispartition
      and c.relname ~ '^(audit_entries|audit_bodies|changes)_' limit 1`);
  return found?.name;
}

/** Rows of earlier epochs that are not sealed: a copy or a backup came with them, so all of them are committed. */
export function readEarlier(rows: Rows, epoch: string, most: number): Promise<Waiting[]> {
  const where = sql`e.epoch <> ${epoch} and not exists (select from core.sealed_entries s where s.at = e.at and s.id = e.id)`;
  return rows<Waiting>(waitingRows(where, sql`e.epoch, e.xid, e.id`, most));
}

/**
 * The changes of the transactions that wrote these rows, in the order of ids among those of one time. Both carry the time of their
 * transaction, which other transactions may share: a change and its row have the same `placeOf`.
 */
export async function readChanges<T extends ChangePlace>(
  rows: Rows,
  entries: readonly Pick<Entry, 'at'>[],
  sides: SQL,
  take: (change: T) => void,
): Promise<void> {
  const read = async (where: SQL, order: SQL) => {
    const page: T[] = await rows<T>(sql`
      select c.id, ${momentText(sql`c.at`)} as at, c.call_id, c.schema_name, c.table_name, c.key, c.operation, ${sides}
      from core.changes c where ${where} order by ${order} limit ${CHANGES_AT_ONCE}`);
    for (const change of page) take(change);
    return page.length === CHANGES_AT_ONCE ? page.at(-1) : undefined;
  };
  // by time, not by call: what was written together stands together in that index
  for (let times = [...new Set(entries.map(({ at }) => at))]; times.length > 0; ) {
    const last = await read(sql`c.at = any (${`{${times.join(',')}}`}::timestamptz[])`, sql`c.at, c.id`);
    for (let more = last; more; ) more = await read(sql`c.at = ${more.at}::timestamptz and c.id > ${more.id}`, sql`c.id`);
    times = last ? times.filter((time) => time > last.at) : [];
  }
}

/** By what a change finds its row: they are of one call and carry the time of one transaction. */
export const placeOf = ({ call_id, at }: Pick<Entry, 'call_id' | 'at'>) => `${call_id} ${at}`;

/** Whether changes may have been written with the row: one that says that a call began is alone in its transaction, whose time may be the same. */
export const mayChange = ({ outcome }: Pick<Entry, 'outcome'>) => outcome !== 'initiated';

export const HASHED_SIDES = sql`encode(sha256(convert_to(c.before, 'UTF8')), 'hex') as before, encode(sha256(convert_to(c.after, 'UTF8')), 'hex') as after`;
export const WHOLE_SIDES = sql`c.before, c.after`;
export type HashedChange = ChangePlace & Sides;
export interface WholeChange extends ChangePlace {
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Adds leaves with their checkpoint, all or nothing.
 * Errors: 23505 when another process was first; database.timeout.
 */
export async function addLeaves(
  database: Pick<Database, 'transaction'>,
  { leaves, nodes, tree, note }: { leaves: readonly Leaf[]; nodes: readonly Node[]; tree: Growing; note: string },
): Promise<void> {
  const last = leaves.at(-1)?.entry;
  if (!last) return;
  const entries = leaves.map(({ position, entry, hash, bodyHash }) => ({
    position,
    at: entry.at,
    id: entry.id,
    leaf: hex(hash),
    body: hex(bodyHash),
  }));
  const kept = nodes.map(({ level, index, hash }) => ({ level, index, hash: hex(hash) }));
  await database.transaction({ timeoutMs: ADD_MS }, async (tx) => {
    for (const parts of partsAtOnce(leaves)) {
      await tx.rows(sql`insert into core.sealed_changes (position, part, packed)
        select r.position, r.part, decode(r.packed, 'hex')
        from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) as r (position bigint, part integer, packed text)`);
    }
    await tx.rows(sql`
      with leaf as (
        insert into core.sealed_entries (position, at, id, leaf_hash, body_hash)
          select r.position, r.at, r.id, decode(r.leaf, 'hex'), decode(r.body, 'hex')
          from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) as r (position bigint, at timestamptz, id bigint, leaf text, body text)
          order by r.position
      ), node as (
        insert into core.sealed_nodes (level, index, hash)
          select r.level, r.index, decode(r.hash, 'hex') from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as r (level smallint, index bigint, hash text)
      )
      insert into core.checkpoints (size, epoch, xid, entry_id, frontier, note)
        values (${tree.size}, ${last.epoch}, ${last.xid}::xid8, ${last.id}, ${Buffer.concat(tree.frontier)}, ${note})`);
  });
}

interface Part {
  readonly position: number;
  readonly part: number;
  readonly packed: string;
}

/** A call may have changed a million rows: what is sent at once stays small. */
function* partsAtOnce(leaves: readonly Leaf[]): Generator<Part[]> {
  let parts: Part[] = [];
  let bytes = 0;
  for (const { position, parts: packed } of leaves) {
    for (const [part, one] of packed.entries()) {
      parts.push({ position, part, packed: hex(one) });
      bytes += one.length;
      if (bytes < BYTES_AT_ONCE) continue;
      yield parts;
      [parts, bytes] = [[], 0];
    }
  }
  if (parts.length > 0) yield parts;
}

/** The complete subtrees that proofs about these positions need, in one statement. */
export async function readSubtrees(rows: Rows, positions: readonly number[], size: number): Promise<CompleteSubtree> {
  const ranges: SQL[] = [];
  for (let level = 0; 2 ** level < size; level += LEVELS_AT_ONCE) {
    const firsts = [...positions, size - 1].map((position) => Math.floor(position / 2 ** (level + LEVELS_AT_ONCE)) * GROUP);
    for (const first of new Set(firsts))
      ranges.push(level === 0 ? leafRange(first, first + GROUP) : nodeRange(level, first, first + GROUP));
  }
  const found = await rows<{ level: number; index: string; hash: Uint8Array }>(sql.join(ranges, sql` union all `));
  const kept = new Map(found.map(({ level, index, hash }) => [`${level} ${index}`, hash]));
  return subtreesOf(kept);
}

const leafRange = (first: number, behind: number): SQL =>
  sql`select 0::smallint as level, s.position as index, s.leaf_hash as hash from core.sealed_entries s where s.position >= ${first} and s.position < ${behind}`;

/** Stored nodes of a level. One range a select: of a join with many of them the planner makes a scan of the whole log. */
export const nodeRange = (level: number, first: number, behind: number): SQL =>
  sql`select n.level, n.index, n.hash from core.sealed_nodes n where n.level = ${level} and n.index >= ${first} and n.index < ${behind}`;

function subtreesOf(kept: ReadonlyMap<string, Hash>): CompleteSubtree {
  const subtree: CompleteSubtree = (level, index) => {
    const known = kept.get(`${level} ${index}`);
    if (known) return known;
    if (level === 0) throw sealErrors.broken_log({ position: index });
    return nodeHash(subtree(level - 1, index * 2), subtree(level - 1, index * 2 + 1));
  };
  return subtree;
}

/** The tree of a checkpoint, or of none. */
export function growingOf(head: Pick<Head, 'size' | 'frontier'> | undefined): Growing {
  if (!head) return NOTHING;
  const bytes = Buffer.from(head.frontier);
  const frontier = Array.from({ length: bytes.length / 32 }, (_, place) => bytes.subarray(place * 32, place * 32 + 32));
  return { size: Number(head.size), frontier };
}

const hex = (hash: Hash) => Buffer.from(hash).toString('hex');

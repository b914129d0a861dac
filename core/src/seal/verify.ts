// Goes through the whole log: each leaf against the rows it was made of, the tree against every signed checkpoint.
import type { Rows } from '../db/database.ts';
import { createOrderCheck, type OrderCheck } from './check-order.ts';
import { createRootCheck, type OutsideNote } from './check-roots.ts';
import type { Finding } from './findings.ts';
import type { Verifier } from './key.ts';
import { leafOf, type SealedChange, sealChange, unpackChanges } from './leaf.ts';
import { append, type Growing, type Hash, NOTHING, same, sha256 } from './merkle.ts';
import { countWaiting, type LoggedRow, readCheckpoints, readExtent, readLog, readNodes, readStrays } from './read-log.ts';
import { LEVELS_AT_ONCE, mayChange, placeOf, readChanges, WHOLE_SIDES, type WholeChange } from './store.ts';

export interface VerifyOptions {
  readonly rows: Rows;
  readonly keys: readonly Verifier[];
  readonly outside: readonly OutsideNote[];
  found(finding: Finding): void;
  progress?(position: number, size: number): void;
}

export interface Verified {
  /** Leaves that the log has. */
  readonly leaves: number;
  /** Checkpoints with a good signature whose root is that of the log. */
  readonly checkpoints: number;
  /** The newest of those, and of those that are kept outside. */
  readonly provenTo: number;
  readonly provenOutsideTo: number;
  /** Texts that were erased: their hashes stand in the log, they themselves cannot be checked any more. */
  readonly erased: { readonly bodies: number; readonly sides: number };
  /** Rows that are not sealed yet. */
  readonly waiting: number;
  readonly faults: number;
}

const LEAVES_AT_ONCE = 500;
const MOST_STRAYS = 1_000;

/** Checks everything. What is wrong is told one by one; memory does not grow with the log. */
export async function verifyLog({ rows, keys, outside, found, progress }: VerifyOptions): Promise<Verified> {
  let faults = 0;
  const tell = (finding: Finding) => {
    faults += 1;
    found(finding);
  };
  const erased = { bodies: 0, sides: 0 };
  const extent = await readExtent(rows);
  const leaves = Number(extent.leaves);
  const size = Math.max(leaves, Number(extent.size ?? 0));
  const roots = createRootCheck({ keys, outside, tell });
  const order = createOrderCheck(tell);
  let tree: Growing = NOTHING;

  for (let from = 0; from < size; from += LEAVES_AT_ONCE) {
    const to = Math.min(from + LEAVES_AT_ONCE, size);
    const page = await readLog(rows, from, to);
    const checkpoints = new Map((await readCheckpoints(rows, from, to)).map((one) => [Number(one.size), one]));
    const changes = await changesOf(rows, page);
    const nodes = await readNodes(rows, from, to, LEVELS_AT_ONCE);
    const checkNode = (level: number, index: number, hash: Hash) => {
      const kept = level % LEVELS_AT_ONCE === 0 ? (nodes.get(`${level} ${index}`) ?? sha256('')) : hash;
      if (!same(kept, hash)) tell({ kind: 'node.edited', position: index * 2 ** level, until: (index + 1) * 2 ** level });
    };
    let next = from;
    for (const row of page) {
      const position = Number(row.position);
      if (position > next) {
        tell({ kind: 'log.missing', position: next, until: position });
        roots.lose();
      }
      next = position + 1;
      if (position >= Number(extent.size ?? 0)) tell({ kind: 'log.uncovered', position });
      checkRow(row, (mayChange(row) && changes.get(placeOf(row))) || new Map(), { order, erased, tell });
      tree = append(tree, row.leaf_hash, checkNode);
      roots.check(tree, row, checkpoints.get(next));
      checkpoints.delete(next);
    }
    if (next < to) {
      tell({ kind: 'log.missing', position: next, until: to });
      roots.lose();
    }
    for (const [covered, { note }] of checkpoints) roots.open(note, `checkpoint ${covered}`); // its last leaf is gone
    progress?.(to, size);
  }

  roots.finish(size);
  const strays = await readStrays(rows, extent, MOST_STRAYS);
  for (const { kind, at, id, call_id, table } of strays) {
    const where = kind === 'change.inserted' ? { changeId: String(id), table: String(table) } : id === null ? {} : { id };
    tell({ kind, callId: call_id, at, ...where });
  }
  const waiting = await countWaiting(rows, extent);
  return { leaves, ...roots.result(), erased, waiting, faults };
}

interface Checking {
  readonly order: OrderCheck;
  readonly erased: { bodies: number; sides: number };
  tell(finding: Finding): void;
}

function checkRow(row: LoggedRow, changes: ReadonlyMap<string, WholeChange>, { order, erased, tell }: Checking): void {
  const where = { position: Number(row.position), at: row.place_at, id: row.place_id };
  if (row.call_id === null) {
    tell({ kind: 'entry.deleted', ...where });
    return;
  }
  const named = { ...where, callId: row.call_id };
  order(row, named);
  const kept = unpackChanges(row.packed);
  if (!same(leafOf(row, row.body_hash, kept), row.leaf_hash)) tell({ kind: 'entry.edited', ...named });
  if (row.body === null) tell({ kind: 'body.deleted', ...named });
  else if (row.body === '') erased.bodies += 1;
  else if (!same(sha256(row.body), row.body_hash)) tell({ kind: 'body.edited', ...named });

  const left = new Map(changes);
  for (const one of kept) {
    const change = left.get(one.id);
    left.delete(one.id);
    if (!change) tell({ kind: 'change.deleted', ...named, changeId: one.id });
    else if (!isAsSealed(change, one, erased))
      tell({ kind: 'change.edited', ...named, changeId: one.id, table: tableOf(change) });
  }
  for (const change of left.values()) tell({ kind: 'change.inserted', ...named, changeId: change.id, table: tableOf(change) });
}

/** Whether the change is what the log says; a side that was emptied counts by the hash that the log kept. */
function isAsSealed(change: WholeChange, kept: SealedChange, erased: { sides: number }): boolean {
  const hashOf = (text: string | null, known: Hash | null) => {
    if (text === null) return null;
    if (text !== '' || known === null) return sha256(text);
    erased.sides += 1;
    return known;
  };
  const sides = { before: hashOf(change.before, kept.before), after: hashOf(change.after, kept.after) };
  return same(sealChange(change, sides).digest, kept.digest);
}

const tableOf = ({ schema_name, table_name }: WholeChange) => `${schema_name}.${table_name}`;

async function changesOf(rows: Rows, page: readonly LoggedRow[]): Promise<Map<string, Map<string, WholeChange>>> {
  const there = page.filter(({ call_id }) => call_id !== null);
  const changes = new Map<string, Map<string, WholeChange>>();
  await readChanges<WholeChange>(rows, there, WHOLE_SIDES, (change) => {
    const place = placeOf(change);
    const own = changes.get(place) ?? new Map<string, WholeChange>();
    changes.set(place, own.set(change.id, change));
  });
  return changes;
}

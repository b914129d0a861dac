// Goes through the whole log: each leaf against the rows it was made of, the tree against every signed checkpoint.
import type { Rows } from '../db/database.ts';
import { type ChangeCheck, createChangeCheck } from './check-changes.ts';
import { createOrderCheck, type OrderCheck } from './check-order.ts';
import { type ChainAnchor, createRootCheck, type OutsideNote } from './check-roots.ts';
import { createErasedTexts, type ErasedTexts } from './erased.ts';
import type { Finding } from './findings.ts';
import type { Verifier } from './key.ts';
import { hashOfPacked, leafOf, type SealedChange, unpackChanges } from './leaf.ts';
import { append, type Growing, type Hash, NOTHING, same, sha256 } from './merkle.ts';
import {
  countWaiting,
  type LoggedRow,
  readCheckpoints,
  readExtent,
  readLog,
  readNodes,
  readPacked,
  readStrays,
} from './read-log.ts';
import { LEVELS_AT_ONCE, mayChange, placeOf, readChanges, WHOLE_SIDES, type WholeChange } from './store.ts';

export interface VerifyOptions {
  readonly rows: Rows;
  readonly keys: readonly Verifier[];
  readonly outside: readonly OutsideNote[];
  /** What a chain says, with what is wrong with what it says. */
  readonly chain?: { readonly anchors: readonly ChainAnchor[]; readonly findings: readonly Finding[] } | undefined;
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
  /** Anchors on a chain whose root is that of the log, and the newest of them. */
  readonly anchors: number;
  readonly provenOnChainTo: number;
  /** Texts that were erased: their hashes stand in the log, they themselves cannot be checked any more. */
  readonly erased: { readonly bodies: number; readonly sides: number };
  /** Rows that are not sealed yet. */
  readonly waiting: number;
  readonly faults: number;
}

const LEAVES_AT_ONCE = 500;
const PAGES_AHEAD = 2;
const MOST_STRAYS = 1_000;

/** Checks everything. What is wrong is told one by one; memory does not grow with the log. */
export async function verifyLog({ rows, keys, outside, chain, found, progress }: VerifyOptions): Promise<Verified> {
  let faults = 0;
  const tell = (finding: Finding) => {
    faults += 1;
    found(finding);
  };
  const erased = createErasedTexts(tell);
  const extent = await readExtent(rows);
  const leaves = Number(extent.leaves);
  const covered = Number(extent.size ?? 0);
  const size = Math.max(leaves, covered);
  const roots = createRootCheck({ keys, outside, tell, ...(chain ? { onChain: chain.anchors } : {}) });
  for (const finding of chain?.findings ?? []) tell(finding);
  const order = createOrderCheck(tell);
  const checkRow = createRowCheck({ order, erased, tell });
  let tree: Growing | undefined = NOTHING;

  const read = async (from: number) => {
    const page = await readPage(rows, from, size);
    const found: Finding[] = []; // told in the order of pages
    await checkChanges(rows, page.page, page.packed, { erased, tell: (finding) => found.push(finding) });
    return { ...page, found };
  };
  const ahead: ReturnType<typeof read>[] = [];
  let asked = 0;
  const ask = () => {
    if (asked >= size) return;
    const page = read(asked);
    page.catch(() => undefined); // it is told when it is awaited, or nobody asks any more
    ahead.push(page);
    asked += LEAVES_AT_ONCE;
  };
  for (let page = 0; page < PAGES_AHEAD; page++) ask(); // the database works while others are hashed
  for (let from = 0; from < size; from += LEAVES_AT_ONCE) {
    const { to, page, packed, checkpoints, nodes, found } = await (ahead.shift() as (typeof ahead)[number]);
    ask();
    for (const finding of found) tell(finding);
    const checkNode = (level: number, index: number, hash: Hash) => {
      const kept = level % LEVELS_AT_ONCE === 0 ? (nodes.get(`${level} ${index}`) ?? sha256('')) : hash;
      if (!same(kept, hash)) tell({ kind: 'node.edited', position: index * 2 ** level, until: (index + 1) * 2 ** level });
    };
    let next = from;
    const missUpTo = (position: number) => {
      if (position === next) return;
      tell({ kind: 'log.missing', position: next, until: position });
      tree = undefined;
    };
    for (const row of page) {
      const position = Number(row.position);
      missUpTo(position);
      next = position + 1;
      if (position >= covered) tell({ kind: 'log.uncovered', position });
      checkRow(row, packed.get(position) ?? []);
      tree = tree && append(tree, row.leaf_hash, checkNode);
      tree = roots.check({ tree, size: next, row, stored: checkpoints.get(next) });
      checkpoints.delete(next);
    }
    missUpTo(to);
    await erased.check(rows);
    for (const [lost, { note }] of checkpoints) roots.open(note, `checkpoint ${lost}`); // its last leaf is gone
    progress?.(to, size);
  }

  order.end();
  roots.finish(tree, size);
  for (const { kind, at, id, call_id, table } of await readStrays(rows, extent, MOST_STRAYS)) {
    const where = kind === 'change.inserted' ? { changeId: String(id), table: String(table) } : id === null ? {} : { id };
    tell({ kind, callId: call_id, at, ...where });
  }
  const waiting = await countWaiting(rows, extent);
  return { leaves, ...roots.result(), erased: erased.counted, waiting, faults };
}

async function readPage(rows: Rows, from: number, size: number) {
  const to = Math.min(from + LEAVES_AT_ONCE, size);
  const [page, packed, stored, nodes] = await Promise.all([
    readLog(rows, from, to),
    readPacked(rows, from, to),
    readCheckpoints(rows, from, to),
    readNodes(rows, { from, to, step: LEVELS_AT_ONCE }),
  ]);
  return { to, page, packed, checkpoints: new Map(stored.map((one) => [Number(one.size), one])), nodes };
}

interface Checking {
  readonly erased: ErasedTexts;
  tell(finding: Finding): void;
}

type Packed = ReadonlyMap<number, readonly Uint8Array[]>;

function createRowCheck({ order, erased, tell }: Checking & { order: OrderCheck }) {
  return (row: LoggedRow, packed: readonly Uint8Array[]): void => {
    const where = whereOf(row);
    if (row.call_id === null) {
      tell({ kind: 'entry.deleted', ...where });
      return;
    }
    order.see(row, where);
    if (!same(leafOf(row, row.body_hash, hashOfPacked(packed)), row.leaf_hash)) tell({ kind: 'entry.edited', ...where });
    const hash = row.body === null ? undefined : sha256(row.body);
    if (!hash) tell({ kind: 'body.deleted', ...where });
    else if (same(hash, row.body_hash)) return;
    else if (row.body === '') erased.body(row, where);
    else tell({ kind: 'body.edited', ...where });
  };
}

async function checkChanges(rows: Rows, page: readonly LoggedRow[], packed: Packed, checking: Checking): Promise<void> {
  const there = page.filter((row) => row.call_id !== null && mayChange(row));
  const checks = new Map(
    there.map((row): [string, ChangeCheck] => {
      const kept = unpackAll(packed.get(Number(row.position)) ?? []);
      return [placeOf(row), createChangeCheck({ kept, where: whereOf(row), ...checking })];
    }),
  );
  await readChanges<WholeChange>(rows, there, WHOLE_SIDES, (change) => checks.get(placeOf(change))?.see(change));
  for (const check of checks.values()) check.end();
}

const whereOf = ({ position, place_at, place_id, call_id }: LoggedRow) => ({
  position: Number(position),
  at: place_at,
  id: place_id,
  ...(call_id === null ? {} : { callId: call_id }),
});

function* unpackAll(packed: readonly Uint8Array[]): Generator<SealedChange> {
  for (const part of packed) yield* unpackChanges(part);
}

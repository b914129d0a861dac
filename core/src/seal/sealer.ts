// Seals what was committed: about once a second, beside the calls and never in their way. Any number of processes may try.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Log } from '../context.ts';
import type { Database } from '../db/database.ts';
import { databaseError } from '../db/database-error.ts';
import { describeForLog } from '../kernel/translate.ts';
import type { Objects } from '../objects/driver.ts';
import type { Metrics } from '../observe/metrics.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { sealErrors } from './errors.ts';
import { parseVerifier, type SealKey, verifierText } from './key.ts';
import { type Entry, leafOf, type SealedChange, sealChange } from './leaf.ts';
import { append, type Growing, type Hash, NOTHING, rootOf, same } from './merkle.ts';
import {
  addLeaves,
  type Cursor,
  HASHED_SIDES,
  type HashedChange,
  type Head,
  LEVELS_AT_ONCE,
  type Leaf,
  mayChange,
  type Node,
  placeOf,
  readChanges,
  readEarlier,
  readState,
  readWaiting,
} from './store.ts';

export interface SealerParts {
  readonly database: Pick<Database, 'rows'>;
  readonly objects: Pick<Objects, 'put'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'sealLag'>;
  readonly key: SealKey;
  /** A row that waits longer makes the process unready. */
  readonly mostLagSeconds: number;
}

export interface Sealer {
  start(): void;
  /** Seals all that can be sealed now, unless another process does. Answers how many rows it sealed. */
  seal(): Promise<number>;
  /** What is wrong: undefined while the log keeps up. */
  fault(): string | undefined;
  /** Seals what is left, puts the last checkpoint outside, and ends. */
  stop(): Promise<void>;
}

const PAUSE_MS = 1_000;
const ROWS_AT_ONCE = 500;
const LEASE_SECONDS = 10;
const ANCHOR_EVERY_MS = 60_000;
const END_MS = 2_000;
const UNIQUE_VIOLATION = '23505';

/** Where the checkpoint of a size stands in the object store. */
export const anchorKey = (size: number) => `${ANCHORS}${String(size).padStart(16, '0')}`;
export const ANCHORS = 'seals/';

export function createSealer({ database, objects, log, metrics, key, mostLagSeconds }: SealerParts): Sealer {
  const { rows } = database;
  const holder = crypto.randomUUID();
  const ending = new AbortController();
  let running: Promise<unknown> | undefined;
  /** The largest tree that this process has signed: the database may not know a smaller one afterwards. */
  let signed = NOTHING;
  let unanchored: { size: number; note: string } | undefined;
  let anchoredAt = Number.NEGATIVE_INFINITY;
  let waiting: { key: string; since: number } | undefined;
  let lookedAt = performance.now();
  let failure: string | undefined;
  /** When a backlog is left to the next start. */
  let until = Number.POSITIVE_INFINITY;

  async function seal(): Promise<number> {
    const { epoch, head, waiting: first } = await readState(rows);
    observe(first);
    const isEarlierDone = head?.epoch === epoch;
    if ((first === undefined && isEarlierDone) || !(await takeLease())) return 0;
    const origin = await assertOwnLog(head);
    const sealed = await sealFrom({ epoch, cursor: cursorOf(head, epoch), isEarlierDone, tree: growingOf(head), origin });
    if (sealed > 0) observe((await readState(rows)).waiting);
    return sealed;
  }

  async function sealFrom(from: { epoch: string; cursor: Cursor; isEarlierDone: boolean; tree: Growing; origin: string }) {
    let { cursor, isEarlierDone, tree } = from;
    for (let sealed = 0; ; ) {
      const page = isEarlierDone
        ? await readWaiting(rows, cursor, ROWS_AT_ONCE)
        : await readEarlier(rows, from.epoch, ROWS_AT_ONCE);
      const last = page.at(-1);
      if (last) {
        const grown = await grow(tree, page);
        const note = signCheckpoint({ origin: from.origin, size: grown.tree.size, root: rootOf(grown.tree) }, key);
        if (!(await isAdded(addLeaves(rows, { ...grown, note }), tree.size))) return sealed;
        tree = grown.tree;
        signed = tree;
        unanchored = { size: tree.size, note };
        sealed += page.length;
        observe(undefined); // a backlog that is being worked off is no standstill
        if (isEarlierDone) cursor = { epoch: last.epoch, xid: last.xid, id: last.id };
      }
      if (performance.now() > until) return sealed;
      if (page.length === ROWS_AT_ONCE) continue;
      if (isEarlierDone) return sealed;
      isEarlierDone = true; // what has this epoch begins with its first row
    }
  }

  /** False when another process has sealed the same rows first. Errors: seal.broken_log when none has, and they stand in the log all the same. */
  async function isAdded(adding: Promise<void>, from: number): Promise<boolean> {
    try {
      await adding;
      return true;
    } catch (error) {
      if (databaseError(error)?.sqlstate !== UNIQUE_VIOLATION) throw error;
      const { head } = await readState(rows);
      if (Number(head?.size ?? 0) <= from) throw sealErrors.broken_log({ size: from }, error);
      return false;
    }
  }

  async function grow(from: Growing, page: readonly (Entry & { body_hash: Uint8Array })[]) {
    const changes = new Map<string, SealedChange[]>(page.filter(mayChange).map((entry) => [placeOf(entry), []]));
    await readChanges<HashedChange>(rows, page, HASHED_SIDES, (change) => {
      changes.get(placeOf(change))?.push(sealChange(change, change));
    });
    const nodes: Node[] = [];
    const keep = (level: number, index: number, hash: Hash) => {
      if (level % LEVELS_AT_ONCE === 0) nodes.push({ level, index, hash });
    };
    let tree = from;
    const leaves = page.map((entry): Leaf => {
      const position = tree.size;
      const own = (mayChange(entry) && changes.get(placeOf(entry))) || [];
      const hash = leafOf(entry, entry.body_hash, own);
      tree = append(tree, hash, keep);
      return { position, entry, hash, bodyHash: entry.body_hash, changes: own };
    });
    return { leaves, nodes, tree };
  }

  /** One process at a time does the work; another takes over when this one is gone. */
  async function takeLease(): Promise<boolean> {
    const taken =
      await rows(sql`update core.seal_lease set holder = ${holder}, until = now() + make_interval(secs => ${LEASE_SECONDS})
      where holder = ${holder} or until < now() returning 1`);
    return taken.length > 0;
  }

  async function giveLease(): Promise<void> {
    await rows(sql`update core.seal_lease set holder = null, until = '-infinity' where holder = ${holder}`);
  }

  /** The log's name. Errors: seal.other_key, seal.broken_log where the database says something else than was signed. */
  async function assertOwnLog(head: Head | undefined): Promise<string> {
    await rows(sql`insert into core.seal_keys (origin, verifier) select ${key.name}, ${verifierText(key)}
      where not exists (select from core.seal_keys) on conflict do nothing`);
    const keys = await rows<{ origin: string; verifier: string }>(sql`select origin, verifier from core.seal_keys order by id`);
    if (keys.at(-1)?.verifier !== verifierText(key))
      throw sealErrors.other_key({ expected: keys.at(-1)?.verifier, given: verifierText(key) });
    const origin = keys[0]?.origin ?? key.name;
    const tree = growingOf(head);
    if (tree.size < signed.size) throw sealErrors.broken_log({ size: tree.size, signed: signed.size });
    if (!head) return origin;
    const known = openCheckpoint(
      head.note,
      keys.map(({ verifier }) => parseVerifier(verifier)),
    );
    if (known.size !== tree.size || !same(known.root, rootOf(tree))) throw sealErrors.broken_log({ size: tree.size });
    if (tree.size === signed.size && !same(rootOf(tree), rootOf(signed))) throw sealErrors.broken_log({ size: tree.size });
    return origin;
  }

  /** Remembers since when the first row waits; the next look knows whether it still does. */
  function observe(first: string | undefined): void {
    lookedAt = performance.now();
    if (first === undefined) waiting = undefined;
    else if (waiting?.key !== first) waiting = { key: first, since: lookedAt };
    metrics.sealLag(lagSeconds());
  }

  /** Also grows while the database cannot be asked. */
  function lagSeconds(): number {
    const since = waiting?.since ?? lookedAt + 2 * PAUSE_MS;
    return Math.max(0, performance.now() - since) / 1000;
  }

  async function anchor(): Promise<void> {
    const last = unanchored;
    if (!last) return;
    await objects.put(anchorKey(last.size), Buffer.from(last.note), { contentType: 'text/plain; charset=utf-8' });
    anchoredAt = performance.now();
    if (unanchored === last) unanchored = undefined;
  }

  async function keepSealing(): Promise<void> {
    while (await pause()) {
      try {
        await seal();
        if (performance.now() - anchoredAt > ANCHOR_EVERY_MS) await anchor();
        failure = undefined;
      } catch (error) {
        fail(error);
      }
    }
  }

  /** Each failure is logged once, not every second. */
  function fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== failure) log.error('the record could not be sealed', { error: describeForLog(error) });
    failure = text;
  }

  const pause = () => setTimeout(PAUSE_MS, true, { signal: ending.signal }).catch(() => false);

  return {
    start() {
      lookedAt = performance.now();
      running = keepSealing();
    },
    seal,
    fault() {
      const lag = running ? lagSeconds() : 0;
      if (lag <= mostLagSeconds) return undefined;
      return `rows of the record wait for their seal since ${lag.toFixed(0)} s: ${failure ?? 'a transaction that is still open holds it back'}`;
    },
    async stop() {
      if (!running) return;
      until = performance.now() + END_MS;
      ending.abort();
      await running;
      await seal().then(anchor).then(giveLease).catch(fail);
    },
  };
}

/** Rows of an earlier epoch are told apart by what is sealed, so this epoch begins at its first row. */
function cursorOf(head: Head | undefined, epoch: string): Cursor {
  return head?.epoch === epoch ? { epoch, xid: head.xid, id: head.entry_id } : { epoch, xid: '0', id: '0' };
}

export function growingOf(head: Pick<Head, 'size' | 'frontier'> | undefined): Growing {
  if (!head) return NOTHING;
  const bytes = Buffer.from(head.frontier);
  const frontier = Array.from({ length: bytes.length / 32 }, (_, place) => bytes.subarray(place * 32, place * 32 + 32));
  return { size: Number(head.size), frontier };
}

// Seals what was committed: about once a second, beside the calls and never in their way. Any number of processes may try.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Log } from '../context.ts';
import type { Database, Rows } from '../db/database.ts';
import { databaseError } from '../db/database-error.ts';
import { describeForLog } from '../kernel/translate.ts';
import type { Objects } from '../objects/driver.ts';
import { type Anchor, putAnchor, readAnchors } from './anchors.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { sealErrors } from './errors.ts';
import { grow } from './grow.ts';
import { parseVerifier, type SealKey, type Verifier, verifierText } from './key.ts';
import { type Growing, type Hash, NOTHING, rootOf, same } from './merkle.ts';
import { addLeaves, type Cursor, growingOf, type Head, readDetached, readEarlier, readState, readWaiting } from './store.ts';
import { createWatch, type WatchOptions } from './watch.ts';

export interface SealerParts extends WatchOptions {
  readonly database: Pick<Database, 'rows' | 'transaction'>;
  readonly objects: Pick<Objects, 'put' | 'list' | 'get'>;
  readonly log: Log;
  readonly key: SealKey;
}

export interface Sealer {
  start(): void;
  /** Seals all that can be sealed now, unless another process does. Answers how many rows it sealed. */
  seal(): Promise<number>;
  /** What is wrong, for anybody to read: undefined while the log keeps up. */
  fault(): string | undefined;
  /** Seals what is left, puts the last checkpoint outside, and ends. */
  stop(): Promise<void>;
}

const PAUSE_MS = 1_000;
const ROWS_AT_ONCE = 500;
const LEASE_SECONDS = 10;
const ANCHOR_EVERY_MS = 60_000;
const END_MS = 2_000;
const EMPTY: { size: number; root: Hash } = { size: 0, root: rootOf(NOTHING) };
const UNIQUE_VIOLATION = '23505';

export function createSealer({ database, objects, log, key, ...options }: SealerParts): Sealer {
  const watch = createWatch(options);
  const rows: Rows = async <T>(query: Parameters<Rows>[0]) => {
    const answer = await database.rows<T>(query);
    watch.answered();
    return answer;
  };
  const holder = crypto.randomUUID();
  const ending = new AbortController();
  let running: Promise<unknown> | undefined;
  /** The largest tree that this process knows to be signed: the database may not know a smaller one afterwards. */
  let signed = EMPTY;
  let isCompared = false;
  let unanchored: Anchor | undefined;
  let anchoredAt = Number.NEGATIVE_INFINITY;
  /** When a backlog is left to the next start. */
  let until = Number.POSITIVE_INFINITY;

  async function seal(): Promise<number> {
    const seen = await readState(rows);
    watch.saw(seen.waiting);
    if ((seen.waiting === undefined && seen.head?.epoch === seen.epoch) || !(await takeLease())) return 0;
    try {
      return await sealAll();
    } catch (error) {
      await giveLease(); // another process may be able to
      throw error;
    }
  }

  async function sealAll(): Promise<number> {
    const { origin, keys } = await keysOfLog();
    if (!isCompared) signed = await newestAnchor(keys);
    const { epoch, head } = await readState(rows); // after the anchor, which stands in the database since before it was put outside
    await assertUnbroken(head, keys);
    isCompared = true;
    const isEarlierDone = head?.epoch === epoch;
    const sealed = await sealFrom({ epoch, cursor: cursorOf(head, epoch), isEarlierDone, tree: growingOf(head), origin });
    if (sealed > 0) watch.saw((await readState(rows)).waiting);
    return sealed;
  }

  /** A partition of the record that is away takes its rows with it: what is read between two of these is whole. */
  async function assertRecordThere(): Promise<void> {
    const table = await readDetached(rows);
    if (table !== undefined) throw sealErrors.record_away({ table });
  }

  async function sealFrom(from: { epoch: string; cursor: Cursor; isEarlierDone: boolean; tree: Growing; origin: string }) {
    let { cursor, isEarlierDone, tree } = from;
    for (let sealed = 0; ; ) {
      await assertRecordThere();
      const page = isEarlierDone
        ? await readWaiting(rows, cursor, ROWS_AT_ONCE)
        : await readEarlier(rows, from.epoch, ROWS_AT_ONCE);
      const last = page.at(-1);
      if (last) {
        const grown = await grow(rows, tree, page);
        await assertRecordThere();
        const place = { size: grown.tree.size, root: rootOf(grown.tree) };
        const note = signCheckpoint({ origin: from.origin, ...place }, key);
        if (!(await isAdded(addLeaves(database, { ...grown, note }), tree.size))) return sealed;
        tree = grown.tree;
        signed = place;
        unanchored = { ...place, note };
        sealed += page.length;
        watch.answered();
        watch.saw(undefined); // a backlog that is being worked off is no standstill
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

  /** The log's name, and who may have signed it. Errors: seal.other_key. */
  async function keysOfLog(): Promise<{ origin: string; keys: Verifier[] }> {
    await rows(sql`insert into core.seal_keys (origin, verifier) select ${key.name}, ${verifierText(key)}
      where not exists (select from core.seal_keys) on conflict do nothing`);
    const known = await rows<{ origin: string; verifier: string }>(sql`select origin, verifier from core.seal_keys order by id`);
    const newest = known.at(-1)?.verifier;
    if (newest !== verifierText(key)) throw sealErrors.other_key({ expected: newest, given: verifierText(key) });
    return { origin: known[0]?.origin ?? key.name, keys: known.map(({ verifier }) => parseVerifier(verifier)) };
  }

  /** What stands outside of the log that this process goes on with. Errors: seal.bad_checkpoint. */
  async function newestAnchor(keys: readonly Verifier[]): Promise<{ size: number; root: Hash }> {
    const notes = await readAnchors(objects, { signers: keys, most: 1 });
    const known = notes.map(({ note }) => openCheckpoint(note, keys));
    return known.reduce((largest, one) => (one.size > largest.size ? one : largest), EMPTY);
  }

  /** Errors: seal.broken_log where the database says something else than was signed, here or in what is anchored. */
  async function assertUnbroken(head: Head | undefined, keys: readonly Verifier[]): Promise<void> {
    const { size, root } = { size: Number(head?.size ?? 0), root: rootOf(growingOf(head)) };
    const assertSame = (note: string, expected: { size: number; root: Hash }) => {
      const known = openCheckpoint(note, keys);
      if (known.size !== expected.size || !same(known.root, expected.root)) throw sealErrors.broken_log({ size: expected.size });
    };
    if (head) assertSame(head.note, { size, root });
    if (signed.size === 0 || (size === signed.size && same(root, signed.root))) return;
    const [kept] = await rows<{ note: string }>(sql`select note from core.checkpoints where size = ${signed.size}`);
    if (!kept) throw sealErrors.cut_log({ size, signed: signed.size });
    assertSame(kept.note, signed);
  }

  async function anchor(): Promise<void> {
    const last = unanchored;
    if (!last) return;
    watch.anchored(false);
    await putAnchor(objects, key, last);
    watch.anchored(true);
    anchoredAt = performance.now();
    if (unanchored === last) unanchored = undefined;
  }

  async function keepSealing(): Promise<void> {
    let isAnchorBroken = false;
    while (await pause()) {
      try {
        await seal();
        watch.sealed();
      } catch (error) {
        if (watch.failed(error)) log.error('the record could not be sealed', { error: describeForLog(error) });
      }
      try {
        if (performance.now() - anchoredAt > ANCHOR_EVERY_MS) await anchor();
        isAnchorBroken = false;
      } catch (error) {
        if (!isAnchorBroken) log.error('a checkpoint could not be put outside', { error: describeForLog(error) });
        isAnchorBroken = true;
      }
    }
  }

  const pause = () => setTimeout(PAUSE_MS, true, { signal: ending.signal }).catch(() => false);

  return {
    start() {
      watch.answered();
      running = keepSealing();
    },
    seal,
    fault: () => (running ? watch.fault() : undefined),
    async stop() {
      if (!running) return;
      until = performance.now() + END_MS;
      ending.abort();
      const end = running
        .then(seal)
        .then(anchor)
        .then(giveLease)
        .catch((error) => log.error('the record was not sealed to its end', { error: describeForLog(error) }));
      const over = new AbortController(); // a timer that goes on would keep the process
      const late = setTimeout(2 * END_MS, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([end, late]); // and so would a lock on the log
      over.abort();
    },
  };
}

/** Rows of an earlier epoch are told apart by what is sealed, so this epoch begins at its first row. */
function cursorOf(head: Head | undefined, epoch: string): Cursor {
  return head?.epoch === epoch ? { epoch, xid: head.xid, id: head.entry_id } : { epoch, xid: '0', id: '0' };
}

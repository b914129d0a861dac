// The roots of the log against every checkpoint of it that was signed, those that are kept outside the database included.
import { openCheckpoint } from './checkpoint.ts';
import type { Finding } from './findings.ts';
import type { Verifier } from './key.ts';
import { type Growing, type Hash, rootOf, same } from './merkle.ts';
import type { LoggedRow, StoredCheckpoint } from './read-log.ts';

/** A signed note that is kept outside the database. */
export interface OutsideNote {
  readonly from: string;
  readonly note: string;
}

export interface RootCheckOptions {
  readonly keys: readonly Verifier[];
  readonly outside: readonly OutsideNote[];
  tell(finding: Finding): void;
}

/** Compares the growing tree with the checkpoints of its sizes. */
export function createRootCheck({ keys, outside, tell }: RootCheckOptions) {
  let isLost = false;
  const good = { checkpoints: 0, provenTo: 0, provenOutsideTo: 0 };
  const open = (note: string, from: string) => {
    try {
      return openCheckpoint(note, keys);
    } catch {
      tell({ kind: 'checkpoint.forged', from }); // whatever else it is, it was not signed
      return undefined;
    }
  };
  const kept = outside.flatMap(({ from, note }) => {
    const checkpoint = open(note, from);
    return checkpoint ? [{ ...checkpoint, from }] : [];
  });
  const bySize = Map.groupBy(kept, ({ size }) => size);

  const compare = (tree: Growing, root: Hash, where: { size: number; from?: string }) => {
    if (isLost) return false;
    if (same(root, rootOf(tree))) return true;
    isLost = true; // every later root is another one too
    tell({ kind: 'log.rewritten', position: good.provenTo, until: where.size, ...where });
    return false;
  };

  return {
    open,
    /** Leaves are missing: from here on the root cannot be known. */
    lose() {
      isLost = true;
    },
    check(tree: Growing, row: LoggedRow, stored: StoredCheckpoint | undefined) {
      const { size } = tree;
      const checkpoint = stored && open(stored.note, `checkpoint ${size}`);
      if (checkpoint && checkpoint.size !== size) tell({ kind: 'checkpoint.edited', size });
      else if (checkpoint && compare(tree, checkpoint.root, { size })) {
        good.checkpoints += 1;
        good.provenTo = size;
        const isPlace = stored.epoch === row.epoch && stored.xid === row.xid && stored.entry_id === row.place_id;
        if (!same(Buffer.concat(tree.frontier), stored.frontier) || (row.call_id !== null && !isPlace))
          tell({ kind: 'checkpoint.edited', size });
      }
      for (const { root, from } of bySize.get(size) ?? []) {
        if (!compare(tree, root, { size, from })) continue;
        good.checkpoints += 1;
        good.provenTo = size;
        good.provenOutsideTo = size;
      }
    },
    finish(size: number) {
      for (const one of kept.filter((checkpoint) => checkpoint.size > size))
        tell({ kind: 'log.cut', position: size, until: one.size, size: one.size, from: one.from });
    },
    result: () => good,
  };
}

// The roots of the log against every checkpoint of it that was signed, those that are kept outside the database included.
import { openCheckpoint } from './checkpoint.ts';
import type { Finding } from './findings.ts';
import type { Verifier } from './key.ts';
import { type Growing, type Hash, rootOf, same } from './merkle.ts';
import type { LoggedRow, StoredCheckpoint } from './read-log.ts';
import { growingOf } from './store.ts';

/** A signed note that is kept outside the database. */
export interface OutsideNote {
  readonly from: string;
  readonly note: string;
}

/** What the log was at one size, as nobody can unsay: its place on a chain is not signed by us, and cannot be signed again. */
export interface ChainAnchor {
  readonly from: string;
  readonly size: number;
  readonly root: Hash;
}

export interface RootCheckOptions {
  readonly keys: readonly Verifier[];
  readonly outside: readonly OutsideNote[];
  readonly onChain?: readonly ChainAnchor[];
  tell(finding: Finding): void;
}

/**
 * Compares the growing tree with the checkpoints of its sizes. Where they differ it goes on with the subtrees that stand beside the
 * checkpoint, if they have the signed root: so each stretch of the log in which something was changed is named by itself.
 */
export function createRootCheck({ keys, outside, onChain = [], tell }: RootCheckOptions) {
  const good = { checkpoints: 0, anchors: 0, provenTo: 0, provenOutsideTo: 0, provenOnChainTo: 0 };
  /** Whether everything up to here was as signed, and up to where it was compared. */
  let isWhole = true;
  let comparedTo = 0;
  let isAsAnchored = true;
  let anchoredTo = 0;
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
  const onChainBySize = Map.groupBy(onChain, ({ size }) => size);

  const fits = (size: number) => {
    good.checkpoints += 1;
    if (isWhole) good.provenTo = size;
    comparedTo = size;
  };
  const differs = (where: { size: number; from?: string }, since = comparedTo) => {
    isWhole = false;
    tell({ kind: 'log.rewritten', position: since, until: where.size, ...where });
  };
  /** Each anchor speaks for all leaves before it: where one differs the later ones do too, and the first names the stretch. */
  const compareOnChain = (own: Growing, size: number) => {
    for (const { root, from } of onChainBySize.get(size) ?? []) {
      if (same(root, rootOf(own))) {
        good.anchors += 1;
        if (isWhole) good.provenOnChainTo = size;
        anchoredTo = size;
        isAsAnchored = true;
      } else if (isAsAnchored) {
        isAsAnchored = false;
        differs({ size, from }, anchoredTo);
      }
    }
  };
  const lose = (size: number) => {
    isWhole = false;
    if (size > comparedTo) tell({ kind: 'log.unproven', position: comparedTo, until: size });
    comparedTo = size;
  };

  /** The tree that the database says this checkpoint was made of, if that is the signed one. */
  const treeBeside = (stored: StoredCheckpoint, root: Hash) => {
    const tree = growingOf(stored);
    if (same(rootOf(tree), root)) return tree;
    tell({ kind: 'checkpoint.edited', size: tree.size });
    return undefined;
  };

  return {
    open,
    /**
     * `tree`: that of the first `size` leaves, undefined where leaves before were gone or changed.
     * Answers the tree to go on with.
     */
    check({ tree, size, row, stored }: Compared): Growing | undefined {
      let own = tree;
      const checkpoint = stored && open(stored.note, `checkpoint ${size}`);
      if (stored && checkpoint && checkpoint.size !== size) tell({ kind: 'checkpoint.edited', size });
      else if (stored && checkpoint) {
        const beside = treeBeside(stored, checkpoint.root);
        if (!own) lose(size);
        else if (same(rootOf(own), checkpoint.root)) fits(size);
        else differs({ size });
        own = beside ?? (own && same(rootOf(own), checkpoint.root) ? own : undefined);
        comparedTo = size;
        const isPlace = stored.epoch === row.epoch && stored.xid === row.xid && stored.entry_id === row.place_id;
        if (beside && row.call_id !== null && !isPlace) tell({ kind: 'checkpoint.edited', size });
      }
      if (own) compareOnChain(own, size);
      for (const { root, from } of bySize.get(size) ?? []) {
        if (own && same(root, rootOf(own))) {
          fits(size);
          if (isWhole) good.provenOutsideTo = size;
        } else if (own) {
          differs({ size, from });
          own = undefined;
        }
      }
      return own;
    },
    /** At the end of the log. */
    finish(tree: Growing | undefined, size: number) {
      if (!tree) lose(size);
      const longest = [...kept, ...onChain].reduce((one, other) => (other.size > one.size ? other : one), { size, from: '' });
      if (longest.size > size)
        tell({ kind: 'log.cut', position: size, until: longest.size, size: longest.size, from: longest.from });
    },
    result: () => good,
  };
}

interface Compared {
  readonly tree: Growing | undefined;
  readonly size: number;
  /** The last leaf of this size. */
  readonly row: LoggedRow;
  readonly stored: StoredCheckpoint | undefined;
}

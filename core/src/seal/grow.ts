// Leaves made of rows of the record, on top of a tree.
import { createHash } from 'node:crypto';
import type { Rows } from '../db/database.ts';
import { leafOf, packChange, sealChange } from './leaf.ts';
import { append, type Growing } from './merkle.ts';
import {
  HASHED_SIDES,
  type HashedChange,
  LEVELS_AT_ONCE,
  type Leaf,
  mayChange,
  type Node,
  placeOf,
  readChanges,
  type Waiting,
} from './store.ts';

export interface Grown {
  readonly leaves: readonly Leaf[];
  /** The stored subtrees that became complete. */
  readonly nodes: readonly Node[];
  readonly tree: Growing;
}

const CHANGES_A_PART = 5_000;

/** Memory: about a hundred bytes for each change of the rows. */
export async function grow(rows: Rows, from: Growing, page: readonly Waiting[]): Promise<Grown> {
  const lists = new Map(page.filter(mayChange).map((entry) => [placeOf(entry), createChangeList()]));
  await readChanges<HashedChange>(rows, page, HASHED_SIDES, (change) => lists.get(placeOf(change))?.add(change));
  const nodes: Node[] = [];
  let tree = from;
  const leaves = page.map((entry): Leaf => {
    const { hash: changes, parts } = ((mayChange(entry) && lists.get(placeOf(entry))) || createChangeList()).end();
    const hash = leafOf(entry, entry.body_hash, changes);
    const position = tree.size;
    tree = append(tree, hash, (level, index, node) => {
      if (level % LEVELS_AT_ONCE === 0) nodes.push({ level, index, hash: node });
    });
    return { position, entry, hash, bodyHash: entry.body_hash, parts };
  });
  return { leaves, nodes, tree };
}

/** Hashes and packs changes as they come. */
function createChangeList() {
  const whole = createHash('sha256');
  const parts: Buffer[] = [];
  let part: Buffer[] = [];
  const close = () => {
    if (part.length > 0) parts.push(Buffer.concat(part));
    part = [];
  };
  return {
    add(change: HashedChange) {
      const sealed = sealChange(change, change);
      whole.update(sealed.digest, 'hex');
      part.push(packChange(sealed));
      if (part.length === CHANGES_A_PART) close();
    },
    end() {
      close();
      return { hash: whole.digest(), parts };
    },
  };
}

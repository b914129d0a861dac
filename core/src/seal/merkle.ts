// Merkle trees of RFC 6962 (section 2.1), as functions of hashes. Nothing here knows what a leaf stands for.
import { hash } from 'node:crypto';

export type Hash = Uint8Array;

/** A complete subtree: 2^level leaves from index * 2^level on. */
export type CompleteSubtree = (level: number, index: number) => Hash;

/** SHA-256 of the bytes in lower-case hex; text as UTF-8. */
export const sha256Hex = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

/** SHA-256 of the bytes; text as UTF-8. By way of text, as a buffer made by OpenSSL costs twice as much and its collection more. */
export const sha256 = (bytes: Uint8Array | string): Buffer => Buffer.from(sha256Hex(bytes), 'hex');

/** SHA-256(0x00 || bytes); text as UTF-8. */
export const leafHash = (bytes: Uint8Array | string): Buffer =>
  sha256(typeof bytes === 'string' ? `\0${bytes}` : Buffer.concat([Buffer.from([0]), bytes]));

/** SHA-256(0x01 || left || right). */
export function nodeHash(left: Hash, right: Hash): Buffer {
  const bytes = Buffer.allocUnsafe(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return sha256(bytes);
}

/** A tree that only grows: the complete subtrees of its size, the largest first. Nothing else is needed to append. */
export interface Growing {
  readonly size: number;
  readonly frontier: readonly Hash[];
}

export const NOTHING: Growing = Object.freeze({ size: 0, frontier: [] });

/** Appends a leaf. `completed` is told of each subtree that is complete now, leaves (level 0) left out. */
export function append(
  { size, frontier }: Growing,
  leaf: Hash,
  completed?: (level: number, index: number, hash: Hash) => void,
): Growing {
  const stack = [...frontier];
  let hash = leaf;
  let index = size;
  for (let level = 1; index % 2 === 1; level++) {
    hash = nodeHash(stack.pop() as Hash, hash); // an odd size has a subtree of every level that is merged here
    index = (index - 1) / 2;
    completed?.(level, index, hash);
  }
  stack.push(hash);
  return { size: size + 1, frontier: stack };
}

/** The root; of no leaf at all SHA-256 of nothing. */
export function rootOf({ frontier }: Growing): Hash {
  return frontier.length === 0 ? sha256('') : frontier.reduceRight((right, left) => nodeHash(left, right));
}

/** The hashes that lead from a leaf to the root of the first `size` leaves (RFC 6962, 2.1.1). */
export function inclusionProof(index: number, size: number, subtree: CompleteSubtree): Hash[] {
  const path = (start: number, end: number): Hash[] => {
    if (end - start === 1) return [];
    const middle = start + split(end - start);
    return index < middle
      ? [...path(start, middle), rangeRoot(middle, end, subtree)]
      : [...path(middle, end), rangeRoot(start, middle, subtree)];
  };
  return path(0, size);
}

/** The hashes that show that the tree of `size` leaves begins with that of the first `first` ones (RFC 6962, 2.1.2). */
export function consistencyProof(first: number, size: number, subtree: CompleteSubtree): Hash[] {
  const proof = (start: number, end: number, isWhole: boolean): Hash[] => {
    if (first === end) return isWhole ? [] : [rangeRoot(start, end, subtree)];
    const middle = start + split(end - start);
    return first <= middle
      ? [...proof(start, middle, isWhole), rangeRoot(middle, end, subtree)]
      : [...proof(middle, end, false), rangeRoot(start, middle, subtree)];
  };
  return first === 0 ? [] : proof(0, size, true);
}

/** Whether the leaf stands at `index` in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2). */
export function isIncluded(claim: { leaf: Hash; index: number; size: number; root: Hash; path: readonly Hash[] }): boolean {
  if (!(claim.index >= 0 && claim.index < claim.size)) return false;
  let [at, last, hash] = [claim.index, claim.size - 1, claim.leaf];
  for (const step of claim.path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(step, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else hash = nodeHash(hash, step);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(hash, claim.root);
}

/** Whether the tree with the second root begins with that of the first (RFC 9162, 2.1.4.2). */
export function isConsistent(claim: {
  first: { size: number; root: Hash };
  second: { size: number; root: Hash };
  path: readonly Hash[];
}): boolean {
  const { first, second } = claim;
  if (first.size > second.size) return false;
  if (first.size === second.size) return claim.path.length === 0 && same(first.root, second.root);
  if (first.size === 0) return claim.path.length === 0;
  const steps = isPowerOfTwo(first.size) ? [first.root, ...claim.path] : [...claim.path];
  const begin = steps.shift();
  if (!begin) return false;
  let [at, last] = [first.size - 1, second.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [one, two] = [begin, begin];
  for (const step of steps) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      one = nodeHash(step, one);
      two = nodeHash(step, two);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else two = nodeHash(two, step);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && same(one, first.root) && same(two, second.root);
}

export const same = (one: Hash, other: Hash): boolean => Buffer.compare(one, other) === 0;

/** The root over the leaves from `start` to before `end`: a range as the recursion of RFC 6962 makes them. */
function rangeRoot(start: number, end: number, subtree: CompleteSubtree): Hash {
  const width = end - start;
  if (isPowerOfTwo(width)) return subtree(Math.log2(width), start / width);
  const middle = start + split(width);
  return nodeHash(rangeRoot(start, middle, subtree), rangeRoot(middle, end, subtree));
}

/** The largest power of two below the width. */
const split = (width: number) => 2 ** (Math.ceil(Math.log2(width)) - 1);
const half = (number: number) => Math.floor(number / 2);
const isPowerOfTwo = (number: number) => Number.isInteger(Math.log2(number));

import { expect, test } from 'vitest';
import {
  append,
  type CompleteSubtree,
  consistencyProof,
  type Growing,
  type Hash,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  NOTHING,
  nodeHash,
  rootOf,
} from './merkle.ts';

// the reference implementation's leaves and roots (google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc)
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) =>
  leafHash(Buffer.from(hex, 'hex')),
);
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const hexes = (hashes: readonly Hash[]) => hashes.map((hash) => Buffer.from(hash).toString('hex'));
const grown = (leaves: readonly Hash[]) => leaves.reduce((tree: Growing, leaf) => append(tree, leaf), NOTHING);
const subtreesOf = (leaves: readonly Hash[]): CompleteSubtree => {
  const subtree: CompleteSubtree = (level, index) =>
    level === 0 ? (leaves[index] as Hash) : nodeHash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1));
  return subtree;
};

test('roots are those of the reference implementation', () => {
  expect(hexes(ROOTS.map((_, size) => rootOf(grown(LEAVES.slice(0, size)))))).toEqual(ROOTS);
});

test('proofs are those of the reference implementation', () => {
  const subtree = subtreesOf(LEAVES);
  expect(hexes(inclusionProof(0, 8, subtree))).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  expect(hexes(consistencyProof(6, 8, subtree))).toEqual([
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

test('every leaf of every small tree is proved, and nowhere else', () => {
  const leaves = Array.from({ length: 40 }, (_, place) => leafHash(String(place)));
  const subtree = subtreesOf(leaves);
  for (let size = 1; size <= leaves.length; size++) {
    const root = rootOf(grown(leaves.slice(0, size)));
    for (let index = 0; index < size; index++) {
      const path = inclusionProof(index, size, subtree);
      const claim = { leaf: leaves[index] as Hash, index, size, root, path };
      expect(isIncluded(claim)).toBe(true);
      expect(isIncluded({ ...claim, index: (index + 1) % size }) && size > 1).toBe(false);
      expect(isIncluded({ ...claim, leaf: leafHash('another') })).toBe(false);
      expect(isIncluded({ ...claim, path: [...path, root] })).toBe(false);
    }
  }
});

test('every small tree begins with every smaller one, and with no other', () => {
  const leaves = Array.from({ length: 33 }, (_, place) => leafHash(String(place)));
  const subtree = subtreesOf(leaves);
  const rootAt = (size: number) => rootOf(grown(leaves.slice(0, size)));
  for (let size = 1; size <= leaves.length; size++) {
    for (let first = 1; first <= size; first++) {
      const path = consistencyProof(first, size, subtree);
      const claim = { first: { size: first, root: rootAt(first) }, second: { size, root: rootAt(size) }, path };
      expect(isConsistent(claim)).toBe(true);
      expect(isConsistent({ ...claim, first: { size: first, root: leafHash('another') } })).toBe(false);
      expect(isConsistent({ ...claim, second: { size, root: leafHash('another') } })).toBe(false);
    }
  }
});

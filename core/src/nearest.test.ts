import { expect, test } from 'vitest';
import { nearest, similar } from './nearest.ts';

const NAMES = ['ledger.get-statement', 'ledger.list-accounts', 'ledger.post-entry', 'workforce.list-agents', 'assets.publish'];
const nearestTo = (sentence: string) =>
  nearest(
    sentence,
    NAMES.map((value) => ({ value, text: value })),
  )[0]?.value;

test('a name is found by its words in any order, by a plural, and through a slip of the pen', () => {
  expect(nearestTo('post an entry to the ledger')).toBe('ledger.post-entry');
  expect(nearestTo('agent lists')).toBe('workforce.list-agents');
  expect(nearestTo('ledger.get-statment')).toBe('ledger.get-statement');
  expect(nearestTo('zzz')).toBeUndefined();
});

test('a slip or two in a name leads to it, and another word to none', () => {
  const names = ['assets.search', 'assets.archive', 'workforce.list-agents'];
  expect(similar('assets.serch', names)[0]).toBe('assets.search');
  expect(similar('workforce.lst-agnts', names)).toContain('workforce.list-agents');
  expect(similar('ledger.fly', names)).toEqual([]);
});

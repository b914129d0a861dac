import { expect, test } from 'vitest';
import { idsIn, nameOf, withNames } from './names.ts';

const id = '0b8f8a52-6f3c-4a7e-9d51-3f0a1c2b4d5e';
const other = '9c1d7e34-1111-4222-8333-444455556666';
const names = { [id]: 'Ann' };

test('whoever is known has a name, the machine and visitors always have one, and others keep their id', () => {
  expect([id, 'local-operator', 'guest', 'service:ledger', other].map((one) => nameOf(names, one))).toEqual([
    'Ann',
    'the operator of the machine',
    'a visitor',
    'the plugin ledger',
    other,
  ]);
  expect(nameOf(names, 'constructor')).toBe('constructor');
});

test('a sentence says names in the place of the ids that are known', () => {
  expect(idsIn(`actor:${id} and ${other}`)).toEqual([id, other]);
  expect(withNames(names, `actor:${id} was refused 40 times; ${other} was not.`)).toBe(
    `Ann was refused 40 times; ${other} was not.`,
  );
  expect(withNames(names, 'local-operator switched it off.')).toBe('the operator of the machine switched it off.');
});

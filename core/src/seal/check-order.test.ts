import { expect, test } from 'vitest';
import { createOrderCheck } from './check-order.ts';
import type { LoggedRow } from './read-log.ts';

/** The positions that are named when rows of these ids stand one behind the other. */
function moved(ids: readonly number[]): number[] {
  const named: number[] = [];
  const order = createOrderCheck(({ position = -1 }) => named.push(position));
  for (const [position, id] of ids.entries())
    order.see({ epoch: 'one', xid: '7', id: String(id) } as unknown as LoggedRow, { position });
  order.end();
  return named.sort((one, other) => one - other);
}

test('rows in order are not named', () => {
  expect(moved([1, 2, 3, 10, 11, 400])).toEqual([]);
});

test('of two rows that changed places both are named, and nobody between them where that can be told', () => {
  expect(moved([1, 7, 3, 4, 5, 6, 2, 8])).toEqual([1, 6]);
  expect(moved([1, 3, 2, 4])).toEqual([1, 2]);
  expect(moved([2, 1, 3])).toEqual([0, 1]);
  expect(moved([1, 2, 4, 3])).toEqual([2, 3]);
  expect(moved([1, 4, 3, 2, 5])).toEqual([1, 2, 3]);
});

test('whichever two of ten rows change places, both are named', () => {
  const ids = Array.from({ length: 10 }, (_, place) => place);
  for (const one of ids) {
    for (const other of ids.slice(one + 1)) {
      const swapped = ids.map((id) => (id === one ? other : id === other ? one : id));
      expect(moved(swapped)).toEqual(expect.arrayContaining([one, other]));
    }
  }
});

test('a row that was moved far is named alone', () => {
  expect(moved([1, 5, 2, 3, 4, 6])).toEqual([1]);
  expect(moved([1, 3, 4, 5, 2, 6])).toEqual([4]);
});

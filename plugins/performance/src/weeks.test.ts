import { expect, test } from 'vitest';
import { weeksUpTo } from './weeks.ts';

test('weeks begin on Mondays of UTC, and belong to the year of their Thursday', () => {
  expect(weeksUpTo(new Date('2026-11-30T00:00:00Z'), 2).map(({ name, monday }) => [name, monday])).toEqual([
    ['2026-W48', '2026-11-23'],
    ['2026-W49', '2026-11-30'],
  ]);
  expect(weeksUpTo(new Date('2026-11-29T23:59:59Z'), 1)[0]?.name).toBe('2026-W48');
  expect(weeksUpTo(new Date('2021-01-03T12:00:00Z'), 1)[0]?.name).toBe('2020-W53');
  expect(weeksUpTo(new Date('2024-12-31T12:00:00Z'), 1)[0]?.name).toBe('2025-W01');
});

import { expect, test } from 'vitest';
import { counted } from './words.ts';

test('one is counted as one, and everything else as several', () => {
  expect([0, 1, 2, '1', '10'].map((count) => counted(count, 'minute'))).toEqual([
    '0 minutes',
    '1 minute',
    '2 minutes',
    '1 minute',
    '10 minutes',
  ]);
});

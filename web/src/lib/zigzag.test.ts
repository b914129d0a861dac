import { expect, test } from 'vitest';
import { drawSleeve } from './sleeve.ts';
import { zigzag } from './zigzag.ts';

test('a waveform goes up and down in turn, and keeps the loudest of each stretch', () => {
  expect(zigzag([1, 1, 0])).toBe('0,4 500,116 1000,60');
  const many = zigzag(Array.from({ length: 400 }, (_, at) => (at === 200 ? 1 : 0))).split(' ');
  expect(many.length).toBeLessThanOrEqual(150);
  expect(many.filter((point) => point.endsWith(',4') || point.endsWith(',116'))).toHaveLength(1);
});

test('a sleeve is the same for the same work, and another for another', () => {
  expect(drawSleeve('one')).toEqual(drawSleeve('one'));
  expect(drawSleeve('one')).not.toEqual(drawSleeve('two'));
});

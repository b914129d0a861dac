import { expect, test } from 'vitest';
import { axisOf } from './axis.ts';

test.each([
  [[], { min: 0, max: 0.25 }],
  [[870], { min: 0, max: 1000 }],
  [[300, -40], { min: -100, max: 300 }],
])('the scale of %j is round, and holds zero', (values, { min, max }) => {
  const axis = axisOf(values);
  expect(axis).toMatchObject({ min, max });
  expect(axis.ticks).toContain(0);
});

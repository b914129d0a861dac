import { expect, test } from 'vitest';
import { MEASURE, setBill } from './bill.ts';

test('a short title is one line, a longer one is broken where its lines are most alike', () => {
  expect(setBill('Harbour').lines.map(({ text }) => text)).toEqual(['HARBOUR']);
  expect(setBill('Night bus to nowhere').lines.map(({ text }) => text)).toEqual(['NIGHT', 'BUS TO', 'NOWHERE']);
  expect(setBill('Night bus to nowhere', { mostLines: 1 }).lines).toHaveLength(1);
});

test('a line is set as near the wished size as the width of the type allows, and fills the measure', () => {
  const [narrow] = setBill('Counterrevolutionaries', { size: 400 }).lines;
  const [wide] = setBill('I', { size: 20 }).lines;
  const [between] = setBill('Harbour', { size: 200 }).lines;
  expect(narrow?.stretch).toBe(50);
  expect(wide?.stretch).toBe(150);
  expect(between?.size).toBeCloseTo(200, 0);
  expect(wide?.size).toBeCloseTo(MEASURE / 0.513, 0);
});

test('lines stand below each other inside the height', () => {
  const { lines, height } = setBill('The long pier at dusk');
  const baselines = lines.map(({ y }) => y);
  expect(baselines).toEqual([...baselines].sort((one, other) => one - other));
  expect(Math.max(...baselines)).toBeLessThan(height);
});

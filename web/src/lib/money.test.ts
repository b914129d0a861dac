import { expect, test } from 'vitest';
import { formatMicroUsd, formatMoney, readMoney } from './money.ts';

test.each([
  ['14000', 'EUR', '€140.00'],
  ['-5', 'EUR', '-€0.05'],
  ['1500', 'JPY', '¥1,500'],
  ['123456789012345678901', 'EUR', '€1,234,567,890,123,456,789.01'],
  ['2500', 'PTS', '2,500 PTS'],
])('%s minor units of %s read %s', (amount, unit, shown) => {
  expect(formatMoney(amount, unit).replace('JP¥', '¥')).toBe(shown);
});

test.each([
  ['12', '1200'],
  ['12.5', '1250'],
  [' 12,50 ', '1250'],
  ['0.05', '5'],
  ['12.505', undefined],
  ['-3', undefined],
  ['1e3', undefined],
  ['', undefined],
])('%j typed as a sum of two decimals is %s', (typed, amount) => {
  expect(readMoney(typed)).toBe(amount);
});

test.each([
  ['1500', 'JPY', '1500'],
  ['15.5', 'JPY', undefined],
  ['2500', 'PTS', '2500'],
  ['1.5', 'PTS', undefined],
  ['1.5', 'USD', '150'],
])('%j typed as a sum in %s is %s', (typed, unit, amount) => {
  expect(readMoney(typed, unit)).toBe(amount);
});

test.each([
  ['0', '$0.00'],
  ['15000', '$0.015'],
  ['10000000', '$10.00'],
  ['-2500000', '-$2.50'],
  ['49', '< $0.0001'],
  ['123456789', '$123.4568'],
])('%s millionths of a dollar read %s', (microUsd, shown) => {
  expect(formatMicroUsd(microUsd)).toBe(shown);
});

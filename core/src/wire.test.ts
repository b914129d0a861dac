import { expect, test } from 'vitest';
import { file, isFile, isSecret, moment, secret } from './wire.ts';

test('a secret stays one, and a file too, when it is described', () => {
  expect(isSecret(secret().describe('The password.'))).toBe(true);
  expect(isFile(file().describe('The picture.'))).toBe(true);
});

test.each(['0000-06-01T00:00:00Z', '9999-12-31T23:59:59-14:00', '0001-01-01T00:00:00+14:00'])(
  'a moment lies in the years 1 to 9999 of UTC, so that every database can hold it: %s is none',
  (text) => {
    expect(moment.safeDecode(text).success).toBe(false);
    expect(moment.safeDecode('2026-11-22T18:00:00+01:00').success).toBe(true);
  },
);

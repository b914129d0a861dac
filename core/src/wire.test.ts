import { expect, test } from 'vitest';
import { file, isFile, isSecret, secret } from './wire.ts';

test('a secret stays one, and a file too, when it is described', () => {
  expect(isSecret(secret().describe('The password.'))).toBe(true);
  expect(isFile(file().describe('The picture.'))).toBe(true);
});

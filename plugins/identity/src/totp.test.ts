import { expect, test } from 'vitest';
import { base32, codeAt, fromBase32, keyUri, stepAt, stepOfCode } from './totp.ts';

const key = Buffer.from('12345678901234567890');

test('codes are those of the vectors of RFC 6238, appendix B, in their last six digits', () => {
  const vectors: [number, string][] = [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ];
  for (const [seconds, code] of vectors) expect(codeAt(key, stepAt(new Date(seconds * 1000)))).toBe(code);
});

test('the code before and the code after are good, others are not', () => {
  const now = new Date(1_800_000_000_000);
  const near = [-2, -1, 0, 1, 2].map((away) => stepOfCode(key, codeAt(key, stepAt(now) + away), now));
  expect(near).toEqual([undefined, stepAt(now) - 1, stepAt(now), stepAt(now) + 1, undefined]);
  expect(stepOfCode(key, '', now)).toBeUndefined();
});

test('a key is told to an authenticator in base32 (RFC 4648, section 10)', () => {
  expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)))).toEqual([
    '',
    'MY',
    'MZXQ',
    'MZXW6',
    'MZXW6YQ',
    'MZXW6YTB',
    'MZXW6YTBOI',
  ]);
  expect(Buffer.from(fromBase32('MZXW6YTBOI')).toString()).toBe('foobar');
  expect(keyUri({ key: Buffer.from('foobar'), issuer: 'Troupe', account: 'a b@x' })).toBe(
    'otpauth://totp/Troupe:a%20b%40x?secret=MZXW6YTBOI&issuer=Troupe',
  );
});

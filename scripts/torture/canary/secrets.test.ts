import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSecrets } from './secrets.ts';

const value = 'trp_Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdo';
const core = value.slice(4);
const written: Readonly<Record<string, string>> = {
  'as it is': `Bearer ${value}`,
  'without its mark': core,
  'in lower case': core.toLowerCase(),
  'its first half': core.slice(0, 25),
  'its second half': core.slice(-25),
  reversed: [...core].reverse().join(''),
  'in hex': Buffer.from(`user:${core}`).toString('hex').toUpperCase(),
  'in base64, from the first byte on': Buffer.from(core).toString('base64'),
  'in base64, behind one more': Buffer.from(`:${core};`).toString('base64'),
  'in base64url, behind two more': Buffer.from(`a:${core};`).toString('base64url'),
  'percent-encoded': [...Buffer.from(core)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join(''),
  'escaped as JSON': [...core].map((one) => `\\u00${one.charCodeAt(0).toString(16)}`).join(''),
  'a list of bytes': JSON.stringify([...Buffer.from(core)]),
  'in UTF-16': Buffer.from(core, 'utf16le').toString('latin1'),
  'its SHA-256': createHash('sha256').update(value).digest('hex'),
};

test.each(Object.entries(written))('a secret is found %s', (_, text) => {
  const secrets = createSecrets(Math.random);
  secrets.plant('token', value);
  const around = { kind: 'log', name: 'one', bytes: Buffer.from(`before ${text} behind`, 'latin1') };
  expect(secrets.look([around]).hits).toContainEqual(expect.objectContaining({ secret: 'token', kind: 'log', name: 'one' }));
});

test('what is not there is not found, and the mark is where it was written', () => {
  const secrets = createSecrets(Math.random);
  secrets.plant('token', value);
  const quiet = { kind: 'log', name: 'one', bytes: Buffer.from(`${core.slice(0, 8)}… ${secrets.mark}`) };
  expect(secrets.look([quiet])).toMatchObject({ hits: [], marked: new Set(['log']) });
});

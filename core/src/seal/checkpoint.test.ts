import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { parseVerifier, sealKeyOf, verifierText } from './key.ts';
import { sha256 } from './merkle.ts';

// RFC 8032, section 7.1, test 1
const key = sealKeyOf(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex').toString('base64'));
const PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const checkpoint = { origin: key.name, size: 7, root: sha256('root') };

test('the key is the one of its 32 bytes', () => {
  expect(key.raw.toString('hex')).toBe(PUBLIC);
  expect(() => sealKeyOf('short')).toThrow(expect.objectContaining({ code: 'seal.bad_key' }));
});

test('a checkpoint is origin, size, root, a blank line and a signature over the bytes before it', () => {
  const note = signCheckpoint(checkpoint, key);
  const [text = '', line = ''] = note.split(/(?<=\n)\n/);
  expect(text).toBe(`${key.name}\n7\n${sha256('root').toString('base64')}\n`);

  const [dash, name, base64 = ''] = line.trimEnd().split(' ');
  const bytes = Buffer.from(base64, 'base64');
  expect([dash, name, bytes.length]).toEqual(['—', key.name, 68]);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(PUBLIC, 'hex')]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  expect(verify(null, Buffer.from(text), publicKey, bytes.subarray(4))).toBe(true);
  expect(bytes.subarray(0, 4)).toEqual(
    sha256(Buffer.concat([Buffer.from(`${key.name}\n\x01`), Buffer.from(PUBLIC, 'hex')])).subarray(0, 4),
  );
});

test('it is read with the printed public key or with its PEM, and with no other', () => {
  const note = signCheckpoint(checkpoint, key);
  const pem = key.publicKey.export({ format: 'pem', type: 'spki' }) as string;
  for (const text of [verifierText(key), pem]) expect(openCheckpoint(note, [parseVerifier(text)])).toEqual(checkpoint);

  const other = sealKeyOf(sha256('another').toString('base64'));
  expect(() => openCheckpoint(note, [other])).toThrow(expect.objectContaining({ code: 'seal.bad_checkpoint' }));
  expect(() => openCheckpoint(note.replace('\n7\n', '\n8\n'), [key])).toThrow(
    expect.objectContaining({ code: 'seal.bad_checkpoint' }),
  );
  expect(() => parseVerifier(verifierText(key).replace('+', '0+'))).toThrow(
    expect.objectContaining({ code: 'seal.bad_public_key' }),
  );
});

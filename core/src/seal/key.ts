// The key that signs checkpoints, in the forms of C2SP signed-note. It never stands in the database.
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from '../secret.ts';
import { sealErrors } from './errors.ts';
import { sha256 } from './merkle.ts';

export interface Verifier {
  /** Undefined: a bare public key, which knows no name. */
  readonly name: string | undefined;
  readonly publicKey: KeyObject;
  /** The 32 bytes of the public key. */
  readonly raw: Buffer;
}

export interface SealKey extends Verifier {
  readonly name: string;
  readonly privateKey: KeyObject;
}

/** RFC 8410: what stands before the 32 bytes of an Ed25519 key in PKCS #8 and in SubjectPublicKeyInfo. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const ED25519 = 1;

export interface KeySettings {
  readonly sealKey: Secret | undefined;
  readonly home: string;
}

/** The key of the setting, or the file `seal-key` in the home folder, which is made once. Errors: seal.bad_key. */
export function loadSealKey(settings: KeySettings): SealKey {
  if (settings.sealKey === undefined) makeKeyFile(keyFileOf(settings));
  return sealKeyOf(settings.sealKey?.reveal() ?? readFileSync(keyFileOf(settings), 'utf8'));
}

/** The same where there is one already. */
export function findSealKey(settings: KeySettings): SealKey | undefined {
  if (settings.sealKey === undefined && !existsSync(keyFileOf(settings))) return undefined;
  return loadSealKey(settings);
}

/** A key from its 32 bytes in base64. Errors: seal.bad_key. */
export function sealKeyOf(text: string): SealKey {
  const seed = Buffer.from(text.trim(), 'base64');
  if (seed.length !== 32) throw sealErrors.bad_key();
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  return { name: `troupe-os/${sha256(raw).toString('hex', 0, 8)}`, privateKey, publicKey, raw };
}

/** `name+hash+base64`, the form in which signed-note hands out public keys. */
export function verifierText({ name, raw }: SealKey): string {
  return `${name}+${keyHash(name, raw).toString('hex')}+${Buffer.concat([Buffer.from([ED25519]), raw]).toString('base64')}`;
}

/** Reads `name+hash+base64`, or a PEM file. Errors: seal.bad_public_key. */
export function parseVerifier(text: string): Verifier {
  try {
    const [, name, hash, key] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
    if (name === undefined || key === undefined) {
      const publicKey = createPublicKey(text);
      if (publicKey.asymmetricKeyType !== 'ed25519') throw sealErrors.bad_public_key();
      return { name: undefined, publicKey, raw: publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI.length) };
    }
    const [algorithm, raw] = [Buffer.from(key, 'base64')[0], Buffer.from(key, 'base64').subarray(1)];
    if (algorithm !== ED25519 || raw.length !== 32 || keyHash(name, raw).toString('hex') !== hash)
      throw sealErrors.bad_public_key();
    return { name, raw, publicKey: createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' }) };
  } catch (cause) {
    throw sealErrors.bad_public_key(undefined, cause);
  }
}

/** The first four bytes of SHA-256(name, line feed, 0x01, public key): what a signature line names its key by. */
export function keyHash(name: string, raw: Uint8Array): Buffer {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([ED25519]), raw])).subarray(0, 4);
}

const keyFileOf = ({ home }: KeySettings) => join(home, 'seal-key');

function makeKeyFile(path: string): void {
  try {
    writeFileSync(path, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // it was made before, or by another first start just now
  }
}

// Random secrets that are handed out once and kept as SHA-256 only. They hold 256 random bits, so no salt and no slow hash is needed.
import { createHash, randomBytes } from 'node:crypto';
import type { Tools } from '@troupe-os/core';

const SECRET_BYTES = 32;
const SHOWN_CHARACTERS = 8;

/** A secret that can be made again from what it is for, by this installation alone: a letter that is sent later or twice holds the same one. */
export function deriveSecret(
  mark: 'trl_' | 'tri_',
  { digest }: Pick<Tools, 'digest'>,
  of: string,
): { secret: string; hash: string } {
  const secret = mark + digest([mark, of]);
  return { secret, hash: hashSecret(secret) };
}

/** A new secret behind a mark that says what it is: `trp_` for tokens, `trl_` for sign-in links, `trc_` for challenges. */
export function makeSecret(mark: 'trp_' | 'trl_' | 'trc_'): { secret: string; hash: string; prefix: string } {
  const secret = mark + randomBytes(SECRET_BYTES).toString('base64url');
  return { secret, hash: hashSecret(secret), prefix: secret.slice(0, mark.length + SHOWN_CHARACTERS) };
}

/** SHA-256 in hex: what is stored of a session, token or link. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

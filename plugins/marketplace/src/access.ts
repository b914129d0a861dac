// Secrets of buyers: the key that opens an order without signing in, and the tokens of download links that are made from it.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256 in hex: all that is kept of a key or token. Both are random and long, so a slow hash would add nothing. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a secret is the one that was hashed; takes as long whatever the answer. */
export function isHashOf(hash: string | null, secret: string | undefined): boolean {
  if (hash === null || secret === undefined) return false;
  return timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(hashOf(secret), 'hex'));
}

/**
 * The token of a link, as whoever holds the order's access key can be told it again and again without its being stored:
 * HMAC-SHA-256 (RFC 2104) with the key over the delivery and the link's generation, in base64url.
 */
export function derivedToken(accessKey: string, { id, generation }: { id: string; generation: number }): string {
  return createHmac('sha256', accessKey).update(`delivery:${id}:${generation}`).digest('base64url');
}

/** A token that nothing leads back to: 256 random bits in base64url. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

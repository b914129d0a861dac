import { createPrivateKey } from 'node:crypto';
import type { Kernel } from '@troupe-os/core/surface';

/** PKCS #8 of an Ed25519 key, up to its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The authorization server's key: made from the installation's secret, so that all processes hold the same and none is stored. */
export function signingKey(kernel: Pick<Kernel, 'digest'>) {
  const seed = Buffer.from(kernel.digest(['oauth-signing-key']), 'hex');
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  return { ...key.export({ format: 'jwk' }), use: 'sig', alg: 'EdDSA', kid: kernel.digest(['oauth-key-id']).slice(0, 16) };
}

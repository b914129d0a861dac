// Checkpoints as C2SP tlog-checkpoint: what the log was at one size, signed (https://c2sp.org/tlog-checkpoint, https://c2sp.org/signed-note).
import { sign, verify } from 'node:crypto';
import { sealErrors } from './errors.ts';
import { keyHash, type SealKey, type Verifier } from './key.ts';
import type { Hash } from './merkle.ts';

export interface Checkpoint {
  /** The log's name. */
  readonly origin: string;
  /** How many leaves it has. */
  readonly size: number;
  readonly root: Hash;
}

/** The signed note: origin, size, root in base64, a blank line, `— name signature`. */
export function signCheckpoint({ origin, size, root }: Checkpoint, key: SealKey): string {
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  const signature = sign(null, Buffer.from(text), key.privateKey);
  return `${text}\n— ${key.name} ${Buffer.concat([keyHash(key.name, key.raw), signature]).toString('base64')}\n`;
}

/** Reads a signed note; it must hold a good signature of one of these keys. Errors: seal.bad_checkpoint. */
export function openCheckpoint(note: string, keys: readonly Verifier[]): Checkpoint {
  const [, text = '', origin = '', size = '', root = '', signatures = ''] =
    /^(([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*)\n((?:— [^\n]+\n)+)$/.exec(note) ?? [];
  const isSigned = signatures.split('\n').some((line) => {
    const [, name = '', base64 = ''] = /^— (\S+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    const bytes = Buffer.from(base64, 'base64');
    return keys.some(
      (key) =>
        (key.name ?? name) === name &&
        bytes.length === 68 &&
        keyHash(name, key.raw).equals(bytes.subarray(0, 4)) &&
        verify(null, Buffer.from(text), key.publicKey, bytes.subarray(4)),
    );
  });
  if (!isSigned) throw sealErrors.bad_checkpoint();
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}

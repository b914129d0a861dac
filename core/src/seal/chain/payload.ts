// What an anchor says on a chain, as the data of its transaction: 4 bytes `TRPE`, a version (1), SHA-256 of the log's name, the size as
// 8 bytes, the root. Numbers are big-endian; 77 bytes in all.
import type { Checkpoint } from '../checkpoint.ts';
import { type Hash, sha256 } from '../merkle.ts';

export interface AnchorPayload {
  /** SHA-256 of the log's name. */
  readonly log: Hash;
  readonly size: number;
  readonly root: Hash;
}

const MAGIC = Buffer.from('TRPE');
const VERSION = 1;
const BYTES = 77;

export function encodeAnchor({ origin, size, root }: Checkpoint): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(size));
  return Buffer.concat([MAGIC, Buffer.from([VERSION]), sha256(origin), length, root]);
}

/** Undefined: these are no bytes of an anchor. */
export function decodeAnchor(bytes: Buffer): AnchorPayload | undefined {
  if (bytes.length !== BYTES || !bytes.subarray(0, 4).equals(MAGIC) || bytes[4] !== VERSION) return undefined;
  const size = bytes.readBigUInt64BE(37);
  if (size === 0n || size > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { log: bytes.subarray(5, 37), size: Number(size), root: bytes.subarray(45) };
}

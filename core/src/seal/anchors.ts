// Checkpoints outside the database, in the object store: what a tail that was cut from the log is found by.
import { text } from 'node:stream/consumers';
import type { Objects } from '../objects/driver.ts';
import type { OutsideNote } from './check-roots.ts';
import type { Verifier } from './key.ts';
import { type Hash, sha256 } from './merkle.ts';

export interface Anchor {
  readonly size: number;
  readonly root: Hash;
  /** C2SP tlog-checkpoint. */
  readonly note: string;
}

type Signer = Pick<Verifier, 'raw'>;

/** Stores it under the key that signed it: several houses may share a bucket. */
export async function putAnchor(objects: Pick<Objects, 'put'>, signer: Signer, { size, root, note }: Anchor): Promise<void> {
  // larger logs come first in the order of keys; with the root in it a log that was cut and grew again writes over nothing
  const order = String(Number.MAX_SAFE_INTEGER - size).padStart(16, '0');
  const key = `${folderOf(signer)}${order}-${size}-${Buffer.from(root).toString('hex', 0, 8)}`;
  await objects.put(key, Buffer.from(note), { contentType: 'text/plain; charset=utf-8' });
}

/** The anchors of the largest logs that each of these keys has signed, the largest first. They are not checked yet. */
export async function readAnchors(
  objects: Pick<Objects, 'list' | 'get'>,
  { signers, most }: { signers: readonly Signer[]; most: number },
): Promise<OutsideNote[]> {
  const notes: OutsideNote[] = [];
  for (const signer of signers) {
    let left = most;
    for await (const { key } of objects.list(folderOf(signer))) {
      notes.push({ from: key, note: await text(await objects.get(key)) });
      left -= 1;
      if (left === 0) break;
    }
  }
  return notes;
}

const folderOf = ({ raw }: Signer) => `seals/${sha256(raw).toString('hex', 0, 8)}/`;

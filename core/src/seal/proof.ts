// What shows that a call stands in the record, to somebody who has nothing but the public key.
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Rows } from '../db/database.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { sealErrors } from './errors.ts';
import type { Verifier } from './key.ts';
import { type Entry, entryColumns, hashOfChanges, leafText, type SealedChange, sealChange, unpackChanges } from './leaf.ts';
import { inclusionProof, isIncluded, leafHash, sha256Hex } from './merkle.ts';
import { readPacked } from './read-log.ts';
import { mayChange, placeOf, readChanges, readState, readSubtrees, WHOLE_SIDES, type WholeChange } from './store.ts';

const hexOfSha256 = z.string().regex(/^[0-9a-f]{64}$/);
const change = z.strictObject({
  id: z.string(),
  at: z.string(),
  call_id: z.string(),
  schema_name: z.string(),
  table_name: z.string(),
  key: z.string(),
  operation: z.string(),
  /** '': erased. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** SHA-256, which stays when the text is erased. */
  beforeSha256: hexOfSha256.nullable(),
  afterSha256: hexOfSha256.nullable(),
});
const proofShape = z.strictObject({
  format: z.literal('troupe-audit-proof/1'),
  callId: z.uuid(),
  /** C2SP tlog-checkpoint. */
  checkpoint: z.string(),
  rows: z
    .array(
      z.strictObject({
        index: z.int().nonnegative(),
        /** What is hashed, byte for byte: RFC 8785 JSON. */
        leaf: z.string(),
        /** Base64 of the hashes from the leaf up to the root (RFC 6962, 2.1.1). */
        path: z.array(z.base64()),
        /** '': erased. */
        body: z.string(),
        changes: z.array(change),
      }),
    )
    .min(1),
});
const leafShape = z.object({ body: hexOfSha256, changes: hexOfSha256, entry: z.looseObject({ call_id: z.string() }) });

export type Proof = z.infer<typeof proofShape>;

type ProvenRow = Entry & {
  readonly position: string | null;
  readonly body_hash: Uint8Array | null;
  readonly body: string | null;
};

/** Proves all rows of a call under the newest checkpoint. Errors: seal.unknown_call, seal.not_sealed. */
export async function prove(rows: Rows, callId: string): Promise<Proof> {
  const { head } = await readState(rows);
  const found = await rows<ProvenRow>(sql`
    select s.position, s.body_hash, b.body, ${entryColumns} from core.audit_entries e
    left join core.sealed_entries s on s.at = e.at and s.id = e.id
    left join core.audit_bodies b on b.at = e.at and b.call_id = e.call_id and b.outcome = e.outcome
    where e.call_id = ${callId} order by e.at, e.id`);
  if (found.length === 0) throw sealErrors.unknown_call({ callId });
  const size = Number(head?.size ?? 0);
  const isSealed = found.every(({ position }) => position !== null && Number(position) < size);
  if (!head || !isSealed) throw sealErrors.not_sealed({ callId });

  const changes = new Map<string, WholeChange[]>(found.map((row) => [placeOf(row), []]));
  await readChanges<WholeChange>(rows, found, WHOLE_SIDES, (one) => changes.get(placeOf(one))?.push(one));
  const positions = found.map(({ position }) => Number(position));
  const subtree = await readSubtrees(rows, positions, size);
  const kept = new Map<number, SealedChange[]>();
  for (const position of positions) {
    const packed = (await readPacked(rows, position, position + 1)).get(position) ?? [];
    kept.set(
      position,
      packed.flatMap((part) => [...unpackChanges(part)]),
    );
  }
  return {
    format: 'troupe-audit-proof/1',
    callId,
    checkpoint: head.note,
    rows: found.map((row) => {
      const sealed = kept.get(Number(row.position)) ?? [];
      const sides = new Map(sealed.map((one) => [one.id, one]));
      const changesHash = hashOfChanges(sealed.map(({ digest }) => digest));
      return {
        index: Number(row.position),
        leaf: leafText(row, row.body_hash as Uint8Array, changesHash), // every row was found sealed above
        path: inclusionProof(Number(row.position), size, subtree).map((hash) => Buffer.from(hash).toString('base64')),
        body: row.body ?? '',
        changes: ((mayChange(row) && changes.get(placeOf(row))) || []).map((one) => ({
          ...one,
          beforeSha256: sides.get(one.id)?.before ?? null,
          afterSha256: sides.get(one.id)?.after ?? null,
        })),
      };
    }),
  };
}

/**
 * Checks a proof. Answers it with the checkpoint under which all of it stands.
 * Errors: seal.bad_proof with what does not fit, seal.bad_checkpoint.
 */
export function checkProof(value: unknown, keys: readonly Verifier[]): { checkpoint: Checkpoint; proof: Proof } {
  const parsed = proofShape.safeParse(value);
  if (!parsed.success) throw sealErrors.bad_proof({ reason: 'it has not the form of one' });
  const proof = parsed.data;
  const checkpoint = openCheckpoint(proof.checkpoint, keys);
  const { size, root } = checkpoint;
  for (const { index, leaf, path, body, changes } of proof.rows) {
    const refuse = (reason: string) => sealErrors.bad_proof({ row: index, reason });
    const hashes = path.map((text) => Buffer.from(text, 'base64'));
    if (!isIncluded({ leaf: leafHash(leaf), index, size, root, path: hashes })) throw refuse('it does not stand in the log');
    const content = leafShape.parse(JSON.parse(leaf)); // it was sealed, so it is a leaf
    if (content.entry.call_id !== proof.callId) throw refuse('it is of another call');
    if (body !== '' && sha256Hex(body) !== content.body) throw refuse('the body is another one');
    const digests = changes.map((one) => {
      const before = sideHash(one.before, one.beforeSha256);
      return sealChange(one, { before, after: sideHash(one.after, one.afterSha256) }).digest;
    });
    if (Buffer.from(hashOfChanges(digests)).toString('hex') !== content.changes) throw refuse('the changes are others');
  }
  return { checkpoint, proof };
}

/** The hash of a text; of an erased one what is said of it, which the digest confirms. */
function sideHash(text: string | null, said: string | null): string | null {
  if (text === null) return null;
  return text === '' && said !== null ? said : sha256Hex(text);
}

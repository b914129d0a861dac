// What is hashed of an audit row: its columns, the SHA-256 of its body, and a digest of each change that its transaction wrote.
import { type SQL, sql } from 'drizzle-orm';
import { canonicalJson } from '../kernel/canonical.ts';
import { type Hash, leafHash, same, sha256 } from './merkle.ts';

/** The columns of core.audit_entries as they are hashed: numbers as text, `at` in UTC to the microsecond. */
export const ENTRY_COLUMNS = [
  'id',
  'at',
  'call_id',
  'xid',
  'epoch',
  'request_id',
  'trace_id',
  'kind',
  'cause',
  'plugin',
  'plugin_version',
  'action',
  'effect',
  'actor',
  'on_behalf_of',
  'credential',
  'address',
  'tainted',
  'outcome',
  'error',
  'repeats',
  'digest',
] as const;

type Column = (typeof ENTRY_COLUMNS)[number];
export type Entry = Readonly<Record<Column, string | boolean | null>> & {
  readonly id: string;
  readonly at: string;
  readonly call_id: string;
  readonly xid: string;
  readonly epoch: string;
  readonly outcome: string;
};

/** A row of core.changes without its two sides. */
export interface ChangePlace {
  readonly id: string;
  readonly at: string;
  readonly call_id: string;
  readonly schema_name: string;
  readonly table_name: string;
  readonly key: string;
  readonly operation: string;
}

/** SHA-256 of what stood before and after; null: nothing. */
export interface Sides {
  readonly before: Hash | null;
  readonly after: Hash | null;
}

/** What the log keeps of a change: enough to tell an edit from an erasure. */
export interface SealedChange extends Sides {
  readonly id: string;
  readonly digest: Hash;
}

const NO_SIDE = Buffer.alloc(32);
const CHANGE_BYTES = 104;
const TEXT_OF: Partial<Record<Column, (name: SQL) => SQL>> = {
  at: (name) => momentText(name),
  tainted: (name) => name,
};

/** A time as it is hashed, e.g. 2026-01-02T03:04:05.678901Z. */
export const momentText = (column: SQL): SQL => sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The columns for a select, each as it is hashed, of the table `e`. */
export const entryColumns: SQL = sql.join(
  ENTRY_COLUMNS.map((column) => {
    const name = sql.raw(`e.${column}`);
    return sql`${TEXT_OF[column]?.(name) ?? sql`${name}::text`} as ${sql.identifier(column)}`;
  }),
  sql`, `,
);

export function sealChange(place: ChangePlace, { before, after }: Sides): SealedChange {
  const { id, at, call_id, schema_name, table_name, key, operation } = place;
  const fields = { id, at, call_id, schema_name, table_name, key, operation, before: hex(before), after: hex(after) };
  return { id, digest: sha256(canonicalJson(fields)), before, after };
}

/** The bytes of a leaf, RFC 8785. Columns that are null are left out, so that a new column leaves old leaves as they are. */
export function leafText(entry: Entry, bodyHash: Hash, changes: readonly SealedChange[]): string {
  const columns = Object.fromEntries(ENTRY_COLUMNS.flatMap((name) => (entry[name] === null ? [] : [[name, entry[name]]])));
  return canonicalJson({
    body: Buffer.from(bodyHash).toString('hex'),
    changes: changes.map(({ digest }) => Buffer.from(digest).toString('hex')),
    entry: columns,
  });
}

export const leafOf = (entry: Entry, bodyHash: Hash, changes: readonly SealedChange[]): Hash =>
  leafHash(leafText(entry, bodyHash, changes));

/** The changes of a leaf as the database keeps them: 104 bytes each. */
export function packChanges(changes: readonly SealedChange[]): Buffer {
  return Buffer.concat(
    changes.flatMap(({ id, digest, before, after }) => {
      const number = Buffer.alloc(8);
      number.writeBigInt64BE(BigInt(id));
      return [number, digest, before ?? NO_SIDE, after ?? NO_SIDE];
    }),
  );
}

export function unpackChanges(packed: Uint8Array): SealedChange[] {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: bytes.length / CHANGE_BYTES }, (_, place) => {
    const one = bytes.subarray(place * CHANGE_BYTES, (place + 1) * CHANGE_BYTES);
    return {
      id: String(one.readBigInt64BE()),
      digest: one.subarray(8, 40),
      before: side(one.subarray(40, 72)),
      after: side(one.subarray(72, 104)),
    };
  });
}

const hex = (hash: Hash | null) => (hash === null ? undefined : Buffer.from(hash).toString('hex'));
const side = (bytes: Hash) => (same(bytes, NO_SIDE) ? null : bytes);

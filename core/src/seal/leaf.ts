// What is hashed of an audit row: its columns, the SHA-256 of its body, and that of the digests of the changes that its transaction wrote.
import { type SQL, sql } from 'drizzle-orm';
import { type Hash, leafHash, sha256, sha256Hex } from './merkle.ts';

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

/** SHA-256 of what stood before and after, in hex; null: nothing. */
export interface Sides {
  readonly before: string | null;
  readonly after: string | null;
}

/** What the log keeps of a change: enough to tell an edit from an erasure. Hashes are text here: a log has millions, and they are compared. */
export interface SealedChange extends Sides {
  readonly id: string;
  readonly digest: string;
}

const ENTRY_MEMBERS = [...ENTRY_COLUMNS].sort();
const CHANGE_MEMBERS = ['after', 'at', 'before', 'call_id', 'id', 'key', 'operation', 'schema_name', 'table_name'] as const;
const NO_SIDE = '0'.repeat(64);
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
  const fields = { id, at, call_id, schema_name, table_name, key, operation, before, after };
  return { id, digest: sha256Hex(canonical(CHANGE_MEMBERS, fields)), before, after };
}

/** The bytes of a leaf, RFC 8785. Columns that are null are left out, so that a new column leaves old leaves as they are. */
export const leafText = (entry: Entry, bodyHash: Hash, changesHash: Hash): string =>
  `{"body":"${hex(bodyHash)}","changes":"${hex(changesHash)}","entry":${canonical(ENTRY_MEMBERS, entry)}}`;

export const leafOf = (entry: Entry, bodyHash: Hash, changesHash: Hash): Hash => leafHash(leafText(entry, bodyHash, changesHash));

/** What a leaf holds of its changes: SHA-256 over their digests, one after the other, in the order of their ids. */
export const hashOfChanges = (digests: Iterable<string>): Hash => sha256(Buffer.from([...digests].join(''), 'hex'));

/** A change as the log keeps it: 104 bytes. */
export function packChange({ id, digest, before, after }: SealedChange): Buffer {
  const packed = Buffer.from(`${'0'.repeat(16)}${digest}${before ?? NO_SIDE}${after ?? NO_SIDE}`, 'hex');
  packed.writeBigInt64BE(BigInt(id));
  return packed;
}

/** The same of what was packed. */
export function hashOfPacked(parts: readonly Uint8Array[]): Hash {
  const digests: Uint8Array[] = [];
  for (const packed of parts) {
    for (let start = 0; start < packed.length; start += CHANGE_BYTES) digests.push(packed.subarray(start + 8, start + 40));
  }
  return sha256(Buffer.concat(digests));
}

export function* unpackChanges(packed: Uint8Array): Generator<SealedChange> {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  for (let start = 0; start < bytes.length; start += CHANGE_BYTES) {
    yield {
      id: String(bytes.readBigInt64BE(start)),
      digest: bytes.toString('hex', start + 8, start + 40),
      before: side(bytes.toString('hex', start + 40, start + 72)),
      after: side(bytes.toString('hex', start + 72, start + 104)),
    };
  }
}

/** As `canonicalJson`, of members whose names are known and in order: a log has millions. */
function canonical<Name extends string>(
  names: readonly Name[],
  members: Readonly<Record<Name, string | boolean | null | undefined>>,
) {
  let text = '';
  for (const name of names) {
    const value = members[name];
    if (value !== null && value !== undefined) text += `${text === '' ? '' : ','}"${name}":${JSON.stringify(value)}`;
  }
  return `{${text}}`;
}

const hex = (hash: Hash) => Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex');
const side = (hash: string) => (hash === NO_SIDE ? null : hash);

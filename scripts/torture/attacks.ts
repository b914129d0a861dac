// What somebody with all rights on the database may do to a sealed row, and how a verification must name it.
import { type SQL, sql } from 'drizzle-orm';
import type { Rows } from '../../core/src/db/database.ts';
import { signCheckpoint } from '../../core/src/seal/checkpoint.ts';
import type { Finding } from '../../core/src/seal/findings.ts';
import { sealKeyOf } from '../../core/src/seal/key.ts';
import {
  ENTRY_COLUMNS,
  type Entry,
  entryColumns,
  hashOfChanges,
  leafOf,
  momentText,
  packChange,
  sealChange,
  unpackChanges,
} from '../../core/src/seal/leaf.ts';
import { sha256 } from '../../core/src/seal/merkle.ts';
import { HASHED_SIDES, type HashedChange } from '../../core/src/seal/store.ts';

export interface Target {
  readonly rows: Rows;
  /** Leaves of the log. */
  readonly size: number;
  /** The attacked leaf, with changes of its own. */
  readonly position: number;
  readonly callId: string;
  /** A whole number from 0 to before `most`. */
  pick(most: number): number;
}

/** Does it; answers whether a finding names what was done. */
export type Attack = (target: Target) => Promise<(finding: Finding) => boolean>;

const named =
  (kinds: readonly Finding['kind'][], position: number) =>
  (finding: Finding): boolean =>
    kinds.includes(finding.kind) && finding.position === position;
const around =
  (position: number) =>
  ({ kind, position: from = 0, until = 0 }: Finding): boolean =>
    kind === 'log.rewritten' && from <= position && position < until;

/** Where leaves stand while others take their places. */
const ASIDE = 1_000_000;

const ofCall = (callId: string) => sql`where call_id = ${callId}`;
/** Another value for each column that its constraints take. */
const EDITS: Readonly<Record<string, SQL>> = {
  at: sql`at + interval '1 microsecond'`,
  call_id: sql`gen_random_uuid()`,
  xid: sql`(xid::text::bigint + 1)::text::xid8`,
  epoch: sql`gen_random_uuid()`,
  kind: sql`case kind when 'job' then 'seed' else 'job' end`,
  effect: sql`case effect when 'read' then 'write' else 'read' end`,
  tainted: sql`not tainted`,
  outcome: sql`case outcome when 'failed' then 'denied' else 'failed' end`,
  repeats: sql`repeats + 1`,
};

const editEntry: Attack = async ({ rows, position, callId, pick }) => {
  const column = ENTRY_COLUMNS[pick(ENTRY_COLUMNS.length)] ?? 'actor';
  if (column === 'id') return renumberEntry({ rows, position, callId });
  const value = EDITS[column] ?? sql`coalesce(${sql.identifier(column)}, '') || 'x'`;
  await rows(sql`update core.audit_entries set ${sql.identifier(column)} = ${value} ${ofCall(callId)}`);
  return named(['entry.edited', 'entry.deleted'], position);
};

/** A column that is always generated takes another value only with a new row. */
async function renumberEntry({ rows, position, callId }: Pick<Target, 'rows' | 'position' | 'callId'>) {
  const columns = sql.raw(ENTRY_COLUMNS.filter((name) => name !== 'id').join(', '));
  await rows(sql`with gone as (delete from core.audit_entries ${ofCall(callId)} returning *)
    insert into core.audit_entries (id, ${columns}) overriding system value select id + 100000000, ${columns} from gone`);
  return named(['entry.deleted'], position);
}

const deleteEntry: Attack = async ({ rows, position, callId }) => {
  await rows(sql`delete from core.audit_entries ${ofCall(callId)}`);
  return named(['entry.deleted'], position);
};

const insertEntry: Attack = async ({ rows, callId }) => {
  const made = crypto.randomUUID();
  const columns = sql.raw(ENTRY_COLUMNS.filter((name) => !['id', 'call_id'].includes(name)).join(', '));
  // with the transaction of a sealed row; its number is below that one's, for behind the last row of all it would be one that waits
  await rows(
    sql`insert into core.audit_entries (id, call_id, ${columns}) overriding system value select -id, ${made}, ${columns} from core.audit_entries ${ofCall(callId)}`,
  );
  return ({ kind, callId: at }) => kind === 'entry.inserted' && at === made;
};

const editBody: Attack = async ({ rows, position, callId, pick }) => {
  const text =
    ["body || ' '", "overlay(body placing '0' from 20 for 1)", "replace(body, 'input', 'Input')", "'{}'"][pick(4)] ?? "'{}'";
  await rows(sql`update core.audit_bodies set body = ${sql.raw(text)} ${ofCall(callId)}`);
  return named(['body.edited'], position);
};

const deleteBody: Attack = async ({ rows, position, callId }) => {
  await rows(sql`delete from core.audit_bodies ${ofCall(callId)}`);
  return named(['body.deleted'], position);
};

const insertBody: Attack = async ({ rows, callId }) => {
  await rows(
    sql`insert into core.audit_bodies (call_id, at, outcome, body) select call_id, at, 'failed', body from core.audit_bodies ${ofCall(callId)}`,
  );
  return ({ kind, callId: at }) => kind === 'body.inserted' && at === callId;
};

const CHANGE_EDITS = [
  sql`key = key || 'x'`,
  sql`table_name = 'others'`,
  sql`schema_name = 'others'`,
  sql`operation = 'delete'`,
  sql`after = replace(after, 'z', 'w')`,
  sql`after = null`,
  sql`before = coalesce(before, '') || 'x'`,
  sql`at = at + interval '1 microsecond'`,
];
const oneChange = (callId: string) => sql`where call_id = ${callId} and key like '%b'`;

const editChange: Attack = async ({ rows, position, callId, pick }) => {
  await rows(sql`update core.changes set ${CHANGE_EDITS[pick(CHANGE_EDITS.length)] ?? sql``} ${oneChange(callId)}`);
  return named(['change.edited', 'change.deleted'], position);
};

const deleteChange: Attack = async ({ rows, position, callId }) => {
  await rows(sql`delete from core.changes ${oneChange(callId)}`);
  return named(['change.deleted'], position);
};

const insertChange: Attack = async ({ rows, position, callId }) => {
  await rows(sql`insert into core.changes (at, call_id, schema_name, table_name, key, operation, before, after)
    select at, call_id, schema_name, table_name, key || 'c', operation, before, after from core.changes ${oneChange(callId)}`);
  return named(['change.inserted'], position);
};

const swapLeaves: Attack = async ({ rows, size, position, pick }) => {
  const other = (position + 1 + pick(size - 1)) % size;
  await moveLeaves(rows, sql`case position when ${position} then ${other}::bigint else ${position}::bigint end`, [
    position,
    other,
  ]);
  return named(['entry.moved'], position);
};

/** Leaves with what belongs to them; first aside, as no two may stand at one place meanwhile. */
async function moveLeaves(rows: Rows, to: SQL, positions: readonly number[]): Promise<void> {
  const which = sql`position = any (${`{${positions.join(',')}}`}::bigint[])`;
  for (const table of ['sealed_entries', 'sealed_changes']) {
    const name = sql.raw(`core.${table}`);
    await rows(sql`update ${name} set position = ${to} + ${ASIDE} where ${which}`);
    await rows(sql`update ${name} set position = position - ${ASIDE} where position >= ${ASIDE}`);
  }
}

/** Two rows exchange their calls, and so their bodies and changes, and keep their places. */
const swapEntries: Attack = async ({ rows, position, callId }) => {
  await rows(sql`with other as (select call_id from core.audit_entries where call_id <> ${callId} and plugin = 'notes' order by id limit 1)
    update core.audit_entries e set call_id = case e.call_id when ${callId} then other.call_id else ${callId}::uuid end
    from other where e.call_id in (${callId}, other.call_id)`);
  return named(['entry.edited'], position);
};

/** The row and its leaf are changed by our own rules: only the signed roots tell. */
const rewriteLeaf: Attack = async ({ rows, position, callId }) => {
  await rows(sql`update core.audit_entries set actor = 'eve' ${ofCall(callId)}`);
  await sealAnew(rows, position);
  return around(position);
};

/** A change, what the log keeps of it and its leaf. */
const rewriteChange: Attack = async ({ rows, position, callId }) => {
  await rows(sql`update core.changes set after = replace(after, 'z', 'w') ${oneChange(callId)}`);
  const packed: Buffer[] = [];
  const changes =
    await rows<HashedChange>(sql`select c.id, ${momentText(sql`c.at`)} as at, c.call_id, c.schema_name, c.table_name,
    c.key, c.operation, ${HASHED_SIDES} from core.changes c ${ofCall(callId)} order by c.id`);
  for (const change of changes) packed.push(packChange(sealChange(change, change)));
  await rows(sql`update core.sealed_changes set packed = ${Buffer.concat(packed)} where position = ${position}`);
  await sealAnew(rows, position);
  return around(position);
};

async function sealAnew(rows: Rows, position: number): Promise<void> {
  const [row] = await rows<Entry & { body_hash: Uint8Array; packed: Uint8Array }>(sql`
    select ${entryColumns}, s.body_hash, c.packed from core.sealed_entries s join core.audit_entries e on e.at = s.at and e.id = s.id
    join core.sealed_changes c on c.position = s.position where s.position = ${position}`);
  if (!row) throw new Error('the attacked row is not sealed');
  const digests = Array.from(unpackChanges(row.packed), ({ digest }) => digest);
  const hash = Buffer.from(leafOf(row, row.body_hash, hashOfChanges(digests))).toString('hex');
  await rows(sql`update core.sealed_entries set leaf_hash = decode(${hash}, 'hex') where position = ${position}`);
}

/** The row is taken out with its leaf, and what is behind moves up. */
const closeGap: Attack = async ({ rows, size, position, callId }) => {
  for (const table of ['audit_entries', 'audit_bodies', 'changes'])
    await rows(sql`delete from ${sql.raw(`core.${table}`)} ${ofCall(callId)}`);
  for (const table of ['sealed_entries', 'sealed_changes'])
    await rows(sql`delete from ${sql.raw(`core.${table}`)} where position = ${position}`);
  const behind = Array.from({ length: size - position - 1 }, (_, place) => position + 1 + place);
  await moveLeaves(rows, sql`position - 1`, behind);
  return (finding) => around(position)(finding) || finding.kind === 'log.missing';
};

const cutTail: Attack = async ({ rows, size, pick }) => {
  const left = size - 1 - pick(Math.min(50, size - 1));
  const cut = sql`select e.call_id from core.audit_entries e join core.sealed_entries s on s.at = e.at and s.id = e.id where s.position >= ${left}`;
  await rows(sql`create temporary table cut on commit drop as ${cut}`);
  for (const table of ['audit_entries', 'audit_bodies', 'changes'])
    await rows(sql`delete from ${sql.raw(`core.${table}`)} where call_id in (select call_id from cut)`);
  for (const table of ['sealed_entries', 'sealed_changes'])
    await rows(sql`delete from ${sql.raw(`core.${table}`)} where position >= ${left}`);
  await rows(sql`delete from core.sealed_nodes where (index + 1) * (2::numeric ^ level::integer) > ${left}`);
  await rows(sql`delete from core.checkpoints where size > ${left}`);
  return ({ kind, position, until }) => kind === 'log.cut' && position === left && until === size;
};

/** A checkpoint that somebody else has signed. */
const forgeCheckpoint: Attack = async ({ rows, size }) => {
  const other = sealKeyOf(sha256('the key of a forger').toString('base64'));
  const note = signCheckpoint({ origin: other.name, size, root: sha256('whatever') }, other);
  await rows(sql`update core.checkpoints set note = ${note} where size = ${size}`);
  return ({ kind, from }) => kind === 'checkpoint.forged' && from === `checkpoint ${size}`;
};

export const attacks: Readonly<Record<string, Attack>> = {
  'edited row': editEntry,
  'deleted row': deleteEntry,
  'inserted row': insertEntry,
  'edited body': editBody,
  'deleted body': deleteBody,
  'inserted body': insertBody,
  'edited change': editChange,
  'deleted change': deleteChange,
  'inserted change': insertChange,
  'leaves that changed places': swapLeaves,
  'rows that changed places': swapEntries,
  'row and leaf rewritten': rewriteLeaf,
  'change and leaf rewritten': rewriteChange,
  'row taken out, gap closed': closeGap,
  'tail cut': cutTail,
  'checkpoint forged': forgeCheckpoint,
};

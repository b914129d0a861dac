import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Rows } from '../db/database.ts';
import { asOwner, notesPlugin, startTestKernel, type TestKernel } from '../testing/index.ts';
import type { Finding } from './findings.ts';
import { sealKeyOf } from './key.ts';
import { sha256 } from './merkle.ts';
import { createSealer, type Sealer } from './sealer.ts';
import { verifyLog } from './verify.ts';

const key = sealKeyOf(sha256('a key for tests').toString('base64'));
const anchored = new Map<string, string>();
let t: TestKernel;
let sealer: Sealer;

const newSealer = (more: Partial<Parameters<typeof createSealer>[0]> = {}) =>
  createSealer({
    database: t.database,
    objects: {
      async put(name, body) {
        anchored.set(name, Buffer.from(body as Uint8Array).toString());
        return { key: name, size: 0, contentType: '' };
      },
    },
    log: t.kernel.log,
    metrics: { sealLag() {} },
    key,
    mostLagSeconds: 60,
    ...more,
  });
const add = async (title: string) => {
  const caller = t.as({ id: 'ed', roles: ['editor'] });
  return t.call(caller, 'notes.add-note', { title, amount: '2' });
};
async function verify(rows: Rows = t.database.rows, outside: { from: string; note: string }[] = []) {
  const findings: Finding[] = [];
  const verified = await verifyLog({ rows, keys: [key], outside, found: (finding) => findings.push(finding) });
  return { findings, ...verified };
}
const leafOfCall = async (callId: string) => {
  const [leaf] = await t.database.rows<{ position: string; at: Date; id: string }>(
    sql`select s.* from core.sealed_entries s join core.audit_entries e on e.at = s.at and e.id = s.id where e.call_id = ${callId}`,
  );
  return { ...leaf, position: Number(leaf?.position) };
};

beforeAll(async () => {
  t = await startTestKernel([notesPlugin], { workers: false });
  sealer = newSealer();
  for (let n = 0; n < 20; n++) await add(`note ${n}`);
  await t.settle();
  await sealer.seal();
});

test('every row is sealed once, in order, under a checkpoint that the whole log is checked against', async () => {
  const { callId } = await add('one more');
  expect((await verify()).waiting).toBeGreaterThan(0);

  expect(await sealer.seal()).toBeGreaterThan(0);
  expect(await sealer.seal()).toBe(0);
  const verified = await verify();
  const [rows] = await t.database.rows<{ count: string }>(sql`select count(*) from core.audit_entries`);
  expect(verified).toMatchObject({ findings: [], leaves: Number(rows?.count), provenTo: verified.leaves, waiting: 0 });
  expect((await leafOfCall(callId)).position).toBe(verified.leaves - 1);
});

test('rows that came with a copy or a backup are sealed too, once', async () => {
  await asOwner(t.database, sql`update core.epoch set epoch = gen_random_uuid()`);
  await add('after the restore');
  await sealer.seal();
  await add('and later');
  await sealer.seal();
  expect(await verify()).toMatchObject({ findings: [], waiting: 0 });
});

test('two processes seal the same rows once', async () => {
  const others = [newSealer(), newSealer(), newSealer()];
  for (let n = 0; n < 5; n++) {
    await add(`shared ${n}`);
    await asOwner(t.database, sql`update core.seal_lease set until = '-infinity'`);
    await Promise.all([sealer, ...others].map((one) => one.seal()));
  }
  await sealer.seal();
  expect(await verify()).toMatchObject({ findings: [], waiting: 0 });
});

test('another key seals nothing and says so', async () => {
  await add('for nobody');
  await asOwner(t.database, sql`update core.seal_lease set until = '-infinity'`);
  const other = newSealer({ key: sealKeyOf(sha256('another key').toString('base64')) });
  await expect(other.seal()).rejects.toMatchObject({ code: 'seal.other_key' });
  await asOwner(t.database, sql`update core.seal_lease set until = '-infinity'`);
  await sealer.seal();
});

test('the application can neither change nor take back what was sealed', async () => {
  for (const table of ['sealed_entries', 'sealed_nodes', 'checkpoints', 'seal_keys']) {
    const name = sql.raw(`core.${table}`);
    await expect(t.database.rows(sql`delete from ${name}`)).rejects.toThrow();
    await expect(asOwner(t.database, sql`delete from ${name}`)).rejects.toMatchObject({ code: 'TR002' });
    await expect(asOwner(t.database, sql`truncate ${name}`)).rejects.toMatchObject({ code: 'TR002' });
  }
  await expect(
    t.database.rows(sql`insert into core.sealed_entries select position + 7, at, id + 100000, leaf_hash, body_hash, changes
      from core.sealed_entries order by position desc limit 1`),
  ).rejects.toMatchObject({ code: 'TR005' });
});

describe('what somebody does to the tables behind the triggers is found and named', () => {
  /** Does it, looks, and takes it back. */
  async function tamper(statements: readonly ReturnType<typeof sql>[], outside: { from: string; note: string }[] = []) {
    let seen: Awaited<ReturnType<typeof verify>> | undefined;
    await t.database
      .owner((owner) =>
        owner.transaction(async (tx) => {
          await tx.rows(sql`set local session_replication_role = replica`);
          for (const statement of statements) await tx.rows(statement);
          seen = await verify(tx.rows, outside);
          throw new Error('taken back');
        }),
      )
      .catch((error: Error) => expect(error.message).toBe('taken back'));
    return seen?.findings ?? [];
  }
  let callId: string;
  let position: number;
  beforeAll(async () => {
    ({ callId } = await add('the one'));
    for (let n = 0; n < 3; n++) await add(`behind ${n}`);
    await asOwner(t.database, sql`update core.seal_lease set until = '-infinity'`);
    await sealer.seal();
    position = (await leafOfCall(callId)).position;
  });

  test.each([
    ['an edited row', "update core.audit_entries set actor = 'eve' where call_id = ID", 'entry.edited'],
    [
      'a time moved by a microsecond',
      "update core.audit_entries set at = at + interval '1 us' where call_id = ID",
      'entry.deleted',
    ],
    ['a deleted row', 'delete from core.audit_entries where call_id = ID', 'entry.deleted'],
    ['an edited body', "update core.audit_bodies set body = body || ' ' where call_id = ID", 'body.edited'],
    ['a deleted body', 'delete from core.audit_bodies where call_id = ID', 'body.deleted'],
    [
      'an edited change',
      "update core.changes set after = replace(after, 'the one', 'another') where call_id = ID",
      'change.edited',
    ],
    ["a change's key", "update core.changes set key = 'x' where call_id = ID", 'change.edited'],
    ['a deleted change', 'delete from core.changes where call_id = ID', 'change.deleted'],
  ])('%s', async (_, statement, kind) => {
    const findings = await tamper([sql.raw(statement.replace('ID', `'${callId}'`))]);
    expect(findings).toContainEqual(expect.objectContaining({ kind, position }));
  });

  test('a change that was put beside the others', async () => {
    const findings = await tamper([
      sql`insert into core.changes (at, call_id, schema_name, table_name, key, operation, after)
        select at, call_id, schema_name, table_name, 'new', 'insert', after from core.changes where call_id = ${callId}`,
    ]);
    expect(findings).toEqual([expect.objectContaining({ kind: 'change.inserted', callId, position, table: 'notes.notes' })]);
  });

  test('a row, a body or a change that was put among old ones', async () => {
    const made = crypto.randomUUID();
    const findings = await tamper([
      sql`insert into core.audit_entries (at, call_id, xid, epoch, request_id, trace_id, kind, cause, plugin, plugin_version, action, effect, actor, tainted, outcome, digest)
        select at, ${made}, xid, epoch, request_id, trace_id, kind, cause, plugin, plugin_version, action, effect, actor, tainted, outcome, digest
        from core.audit_entries e join core.sealed_entries s using (at, id) where s.position = ${position - 2}`,
      sql`insert into core.audit_bodies (call_id, outcome, body) values (${made}, 'succeeded', '{}')`,
      sql`insert into core.changes (call_id, schema_name, table_name, key, operation, after) values (${made}, 'notes', 'notes', 'x', 'insert', '{}')`,
    ]);
    expect(findings.map(({ kind, callId }) => [kind, callId])).toEqual([
      ['entry.inserted', made],
      ['body.inserted', made],
      ['change.inserted', made],
    ]);
  });

  test('two leaves that changed places, and a leaf that was moved', async () => {
    const swap = (one: number, other: number) => [
      sql`update core.sealed_entries set position = 1000000 where position = ${one}`,
      sql`update core.sealed_entries set position = ${one} where position = ${other}`,
      sql`update core.sealed_entries set position = ${other} where position = 1000000`,
    ];
    const far = await tamper(swap(position - 9, position));
    expect(far.filter(({ kind }) => kind === 'entry.moved').map((finding) => finding.position)).toEqual([position - 9, position]);
    expect(far).toContainEqual(expect.objectContaining({ kind: 'log.rewritten' }));
    expect(await tamper(swap(position - 1, position))).toContainEqual(expect.objectContaining({ kind: 'entry.moved' }));
  });

  test('a leaf that is gone, and one whose hash was changed with its row', async () => {
    expect(await tamper([sql`delete from core.sealed_entries where position = ${position}`])).toContainEqual(
      expect.objectContaining({ kind: 'log.missing', position, until: position + 1 }),
    );
    const hash = await tamper([sql`update core.sealed_entries set leaf_hash = sha256('x') where position = ${position}`]);
    expect(hash).toContainEqual(expect.objectContaining({ kind: 'entry.edited', position }));
    expect(hash).toContainEqual(expect.objectContaining({ kind: 'log.rewritten' }));
  });

  test('a tail that was cut with its checkpoints, where a checkpoint was kept outside', async () => {
    const [newest] = await t.database.rows<{ note: string; size: string }>(
      sql`select * from core.checkpoints order by size desc limit 1`,
    );
    const size = Number(newest?.size);
    const cut = [
      sql`delete from core.audit_entries e using core.sealed_entries s where s.at = e.at and s.id = e.id and s.position >= ${size - 4}`,
      sql`delete from core.audit_bodies b where not exists (select from core.audit_entries e where e.call_id = b.call_id)`,
      sql`delete from core.changes c where not exists (select from core.audit_entries e where e.call_id = c.call_id)`,
      sql`delete from core.sealed_entries where position >= ${size - 4}`,
      sql`delete from core.checkpoints where size > ${size - 4}`,
    ];
    const findings = await tamper(cut, [{ from: 'outside', note: newest?.note ?? '' }]);
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'log.cut', until: size, from: 'outside' }));
  });

  test('a checkpoint that nobody signed, a place and a node that were changed', async () => {
    expect(await tamper([sql`update core.checkpoints set note = replace(note, '=', '')`])).toContainEqual(
      expect.objectContaining({ kind: 'checkpoint.forged' }),
    );
    expect(await tamper([sql`update core.checkpoints set xid = '999999999'::xid8`])).toContainEqual(
      expect.objectContaining({ kind: 'checkpoint.edited' }),
    );
    expect(await tamper([sql`update core.sealed_nodes set hash = sha256('x')`])).toContainEqual(
      expect.objectContaining({ kind: 'node.edited' }),
    );
  });

  test('erased texts are no fault, and what was not erased beside them is still checked', async () => {
    const erase = [
      sql`update core.audit_bodies set body = '' where call_id = ${callId}`,
      sql`update core.changes set after = '' where call_id = ${callId}`,
    ];
    expect(await tamper(erase)).toEqual([]);
    expect(await tamper([...erase, sql`update core.changes set before = '' where call_id = ${callId}`])).toContainEqual(
      expect.objectContaining({ kind: 'change.edited' }),
    );
    expect(await tamper([...erase, sql`update core.changes set operation = 'delete' where call_id = ${callId}`])).toContainEqual(
      expect.objectContaining({ kind: 'change.edited', position }),
    );
  });
});

test('a sealer whose log was cut under it goes no further', async () => {
  await t.database.owner((owner) =>
    owner.transaction(async (tx) => {
      await tx.rows(sql`set local session_replication_role = replica`);
      await tx.rows(sql`delete from core.checkpoints where size = (select max(size) from core.checkpoints)`);
      await tx.rows(sql`update core.seal_lease set until = '-infinity'`);
    }),
  );
  await add('never sealed');
  await expect(sealer.seal()).rejects.toMatchObject({ code: 'seal.broken_log' });
});

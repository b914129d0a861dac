import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { Rows } from '../db/database.ts';
import { asOwner, notesPlugin, startTestKernel, type TestKernel } from '../testing/index.ts';
import { readAnchors } from './anchors.ts';
import { openCheckpoint } from './checkpoint.ts';
import type { Finding } from './findings.ts';
import { sealKeyOf } from './key.ts';
import { ENTRY_COLUMNS } from './leaf.ts';
import { sha256 } from './merkle.ts';
import { checkProof, prove } from './proof.ts';
import { createSealer, type Sealer } from './sealer.ts';
import { readState } from './store.ts';
import { verifyLog } from './verify.ts';

const key = sealKeyOf(sha256('a key for tests').toString('base64'));
let t: TestKernel;
let sealer: Sealer;

const newSealer = (more: Partial<Parameters<typeof createSealer>[0]> = {}) =>
  createSealer({
    database: t.database,
    objects: t.kernel.objects,
    log: t.kernel.log,
    metrics: { sealLag() {} },
    key,
    mostLagSeconds: 60,
    ...more,
  });
/** Seals until nothing waits: a transaction that is open in another database of the server holds rows back. */
const sealed = () =>
  vi.waitFor(
    async () => {
      await sealer.seal();
      expect((await readState(t.database.rows)).waiting).toBeUndefined();
    },
    { timeout: 20_000, interval: 100 },
  );
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

beforeAll(async () => {
  t = await startTestKernel([notesPlugin], { workers: false });
  sealer = newSealer();
  for (let n = 0; n < 20; n++) await add(`note ${n}`);
  await t.settle();
  await sealed();
});

test('every row is sealed once, in order, under a checkpoint that the whole log is checked against', async () => {
  const { callId } = await add('one more');
  expect((await verify()).waiting).toBeGreaterThan(0);

  await sealed();
  expect(await sealer.seal()).toBe(0);
  const verified = await verify();
  const [rows] = await t.database.rows<{ count: string }>(sql`select count(*) from core.audit_entries`);
  expect(verified).toMatchObject({ findings: [], leaves: Number(rows?.count), provenTo: verified.leaves, waiting: 0 });
  expect((await leafOfCall(callId)).position).toBe(verified.leaves - 1);
});

test('rows that came with a copy or a backup are sealed too, once', async () => {
  await asOwner(t.database, sql`update core.epoch set epoch = gen_random_uuid()`);
  await add('after the restore');
  await sealed();
  await add('and later');
  await sealed();
  expect(await verify()).toMatchObject({ findings: [], waiting: 0 });
});

test('two processes seal the same rows once', async () => {
  const others = [newSealer(), newSealer(), newSealer()];
  for (let n = 0; n < 5; n++) {
    await add(`shared ${n}`);
    await asOwner(t.database, sql`update core.seal_lease set until = '-infinity'`);
    await Promise.all([sealer, ...others].map((one) => one.seal()));
  }
  await sealed();
  expect(await verify()).toMatchObject({ findings: [], waiting: 0 });
});

test('another key seals nothing, says so, and leaves the log to who has the right one', async () => {
  await add('for nobody');
  await asOwner(t.database, sql`update core.seal_lease set until = '-infinity'`);
  const other = newSealer({ key: sealKeyOf(sha256('another key').toString('base64')) });
  await expect(other.seal()).rejects.toMatchObject({ code: 'seal.other_key' });
  await sealed();
});

test('the application can neither change nor take back what was sealed', async () => {
  for (const table of ['sealed_entries', 'sealed_nodes', 'checkpoints', 'seal_keys']) {
    const name = sql.raw(`core.${table}`);
    await expect(t.database.rows(sql`delete from ${name}`)).rejects.toThrow();
    await expect(asOwner(t.database, sql`delete from ${name}`)).rejects.toMatchObject({ code: 'TR002' });
    await expect(asOwner(t.database, sql`truncate ${name}`)).rejects.toMatchObject({ code: 'TR002' });
  }
  await expect(
    t.database.rows(sql`insert into core.sealed_entries select position + 7, at, id + 100000, leaf_hash, body_hash
      from core.sealed_entries order by position desc limit 1`),
  ).rejects.toMatchObject({ code: 'TR005' });
});

describe('what somebody does to the tables behind the triggers is found and named', () => {
  let callId: string;
  let position: number;
  beforeAll(async () => {
    ({ callId } = await add('the one'));
    for (let n = 0; n < 3; n++) await add(`behind ${n}`);
    await asOwner(t.database, sql`update core.seal_lease set until = '-infinity'`);
    await sealed();
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
      sql`delete from core.sealed_changes where position >= ${size - 4}`,
      sql`delete from core.checkpoints where size > ${size - 4}`,
    ];
    const findings = await tamper(cut, [{ from: 'outside', note: newest?.note ?? '' }]);
    expect(findings).toEqual([expect.objectContaining({ kind: 'log.cut', position: size - 4, until: size, from: 'outside' })]);
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

  test('a text that was emptied without an erasure, and what was edited beside it', async () => {
    const empty = [
      sql`update core.audit_bodies set body = '' where call_id = ${callId}`,
      sql`update core.changes set after = '' where call_id = ${callId}`,
    ];
    const findings = await tamper(empty);
    expect(findings.map(({ kind }) => kind)).toEqual(['text.emptied', 'text.emptied']);
    expect(findings).toContainEqual(expect.objectContaining({ position, table: 'notes.notes' }));
    expect(await tamper([...empty, sql`update core.changes set before = '' where call_id = ${callId}`])).toContainEqual(
      expect.objectContaining({ kind: 'change.edited' }),
    );
    expect(await tamper([...empty, sql`update core.changes set operation = 'delete' where call_id = ${callId}`])).toContainEqual(
      expect.objectContaining({ kind: 'change.edited', position }),
    );
  });
});

describe('a text of the record can be emptied, and nothing else', () => {
  let callId: string;
  beforeAll(async () => {
    ({ callId } = await add('to be forgotten'));
    await sealed();
  });
  /** In a call with a row of its own, as an erasure is. */
  const emptyIn = (call: string, statements: readonly string[], { isRecorded = true } = {}) =>
    t.database.transaction({}, async (tx) => {
      await tx.rows(sql`select set_config('troupe.call', ${call}, true)`);
      for (const statement of statements) await tx.rows(sql.raw(statement.replace('ID', `'${callId}'`)));
      const entry = {
        call_id: call,
        request_id: 'x',
        trace_id: '',
        kind: 'action',
        cause: 'test',
        plugin: 'core',
        plugin_version: '0',
      };
      const rest = { action: 'x', effect: 'write', actor: 'x', tainted: false, outcome: 'succeeded', digest: '' };
      if (isRecorded) await tx.rows(sql`select core.record_call(${JSON.stringify({ ...entry, ...rest })}::jsonb, '{}')`);
      await tx.rows(sql`set constraints all immediate`);
    });
  const empty = [
    "update core.audit_bodies set body = '' where call_id = ID",
    "update core.changes set after = '' where call_id = ID",
  ];

  test.each([
    ["update core.audit_bodies set body = '{}' where call_id = ID", 'TR002'],
    ["update core.changes set after = '{}' where call_id = ID", 'TR002'],
    ["update core.changes set before = '' where call_id = ID", 'TR002'],
    ['update core.changes set after = null where call_id = ID', 'TR002'],
    ["update core.changes set key = 'x' where call_id = ID", '42501'],
    ["update core.audit_entries set actor = 'x' where call_id = ID", '42501'],
    ['delete from core.audit_bodies where call_id = ID', '42501'],
  ])('%s is refused', async (statement, code) => {
    await expect(emptyIn(crypto.randomUUID(), [statement])).rejects.toMatchObject({ code });
  });

  test('by a call that leaves its row only, which names each text', async () => {
    await expect(emptyIn('', empty)).rejects.toMatchObject({ code: 'TR003' });
    await expect(emptyIn(crypto.randomUUID(), empty, { isRecorded: false })).rejects.toMatchObject({ code: 'TR001' });
    const erasing = crypto.randomUUID();
    await emptyIn(erasing, empty);
    await sealed();
    const changes = await t.database.rows<{ name: string }>(
      sql`select schema_name || '.' || table_name as name from core.changes where call_id = ${erasing} order by name`,
    );
    expect(changes).toEqual([{ name: 'core.audit_bodies' }, { name: 'core.changes' }]);
    expect(await verify()).toMatchObject({ findings: [], erased: { bodies: 1, sides: 1 } });
    const { proof } = checkProof(await prove(t.database.rows, callId), [key]);
    expect(proof.rows[0]).toMatchObject({ body: '', changes: [{ after: '' }] });
    // whoever takes the name away is found as well
    expect(await tamper([sql`delete from core.changes where call_id = ${erasing}`])).toContainEqual(
      expect.objectContaining({ kind: 'text.emptied', callId }),
    );
  });
});

test('nothing is sealed while a partition of the record is detached, as its rows would be passed over', async () => {
  await add('waits for the partition');
  await asOwner(t.database, sql`alter table core.changes detach partition core.changes_other`);
  await expect(sealer.seal()).rejects.toMatchObject({ code: 'seal.record_away', details: { table: 'changes_other' } });
  await asOwner(t.database, sql`alter table core.changes attach partition core.changes_other default`);
  await sealed();
});

test('every column of the record is hashed', async () => {
  const columns = await t.database.rows<{ name: string }>(
    sql`select attname as name from pg_attribute where attrelid = 'core.audit_entries'::regclass and attnum > 0 and not attisdropped`,
  );
  expect(columns.map(({ name }) => name).sort()).toEqual([...ENTRY_COLUMNS].sort());
});

test('a call that changed very many rows is sealed, and one of them is still named', async () => {
  const callId = crypto.randomUUID();
  const facts = {
    request_id: 'r',
    trace_id: '',
    kind: 'job',
    cause: 'test',
    plugin: 'notes',
    plugin_version: '1',
    action: 'notes.fill',
  };
  const entry = { ...facts, call_id: callId, effect: 'write', actor: 'ed', tainted: false, outcome: 'succeeded', digest: '' };
  await t.database.owner((owner) =>
    owner.transaction(async (tx) => {
      await tx.rows(sql`select core.record_call(${JSON.stringify(entry)}::jsonb, '{}')`);
      await tx.rows(sql`insert into core.changes (call_id, schema_name, table_name, key, operation, after)
        select ${callId}, 'notes', 'notes', n::text, 'insert', '{"n":' || n || '}' from generate_series(1, 11000) n`);
    }),
  );
  await sealed();
  const { position } = await leafOfCall(callId);
  expect(await tamper([])).toEqual([]);
  expect(await tamper([sql`update core.changes set after = '{"n":1}' where call_id = ${callId} and key = '10500'`])).toEqual([
    expect.objectContaining({ kind: 'change.edited', position, callId, table: 'notes.notes' }),
  ]);
  expect(checkProof(await prove(t.database.rows, callId), [key]).proof.rows[0]?.changes).toHaveLength(11_000);
});

test('of several stretches that were rewritten each is named by itself', async () => {
  const positions: number[] = [];
  for (let n = 0; n < 3; n++) {
    const { callId } = await add(`stretch ${n}`);
    await sealed();
    positions.push((await leafOfCall(callId)).position);
  }
  const findings = await tamper(
    positions
      .slice(0, 2)
      .map((position) => sql`update core.sealed_entries set leaf_hash = sha256('x') where position = ${position}`),
  );
  const rewritten = findings.filter(({ kind }) => kind === 'log.rewritten');
  expect(rewritten).toEqual(positions.slice(0, 2).map((position) => expect.objectContaining({ position, until: position + 1 })));
});

test('a call is proved with the public key alone; whatever is changed in the proof is refused', async () => {
  const { callId } = await add('proved');
  await expect(prove(t.database.rows, callId)).rejects.toMatchObject({ code: 'seal.not_sealed' });
  await sealed();
  const proof = await prove(t.database.rows, callId);
  expect(checkProof(structuredClone(proof), [key]).proof.callId).toBe(callId);

  const text = JSON.stringify(proof);
  for (const [one, other] of [
    ['proved', 'proven'],
    ['"insert"', '"delete"'],
    ['\\"ed\\"', '\\"ev\\"'],
    ['"index":', '"index":1'],
  ] as const) {
    expect(text).toContain(one);
    expect(() => checkProof(JSON.parse(text.replace(one, other)), [key])).toThrow(
      expect.objectContaining({ code: 'seal.bad_proof' }),
    );
  }
  const stranger = sealKeyOf(sha256('a stranger').toString('base64'));
  expect(() => checkProof(proof, [stranger])).toThrow(expect.objectContaining({ code: 'seal.bad_checkpoint' }));
});

test('a failing sealer is a fault that anybody may read, until it seals again', async () => {
  const one = newSealer();
  one.start();
  expect(one.fault()).toBeUndefined();
  await asOwner(t.database, sql`revoke insert on core.checkpoints from troupe_app`);
  await asOwner(t.database, sql`update core.seal_lease set until = '-infinity'`);
  await add('waits');
  await expect.poll(() => one.fault(), { timeout: 5_000 }).toBe('the record could not be sealed: the log says why');
  await asOwner(t.database, sql`grant insert on core.checkpoints to troupe_app`);
  await expect.poll(() => one.fault(), { timeout: 5_000 }).toBeUndefined();
  await one.stop();
  expect(await verify()).toMatchObject({ findings: [], waiting: 0 });
});

test('what a sealer puts outside at its end keeps the next one from a log that was cut while nobody looked', async () => {
  const [newest] = await readAnchors(t.kernel.objects, { signers: [key], most: 1 });
  const { size } = openCheckpoint(newest?.note ?? '', [key]);
  expect(size).toBe((await verify()).leaves);

  await asOwner(t.database, sql`alter table core.checkpoints disable trigger immutable`);
  const gone = await t.database.owner((owner) =>
    owner.rows<{ note: string }>(sql`delete from core.checkpoints where size = ${size} returning note`),
  );
  expect(gone).toEqual([{ note: newest?.note }]);
  await add('behind the cut');
  await expect(newSealer().seal()).rejects.toMatchObject({ code: 'seal.cut_log' });
  await vi.waitFor(() => expect(sealer.seal()).rejects.toMatchObject({ code: 'seal.broken_log' }), { timeout: 20_000 }); // it knew an earlier end: the leaves stand there already
});

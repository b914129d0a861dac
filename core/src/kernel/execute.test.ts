import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { asOwner, startTestKernel, type TestKernel } from '../testing/index.ts';
import {
  addNote,
  countNotes,
  getNote,
  leaked,
  makeKey,
  notesPlugin,
  planReading,
  retitle,
  seen,
} from '../testing/notes/plugin.ts';
import { canonicalJson } from './canonical.ts';

let t: TestKernel;
beforeAll(async () => {
  t = await startTestKernel([notesPlugin], { onDisk: true });
});

const editor = () => t.as({ id: 'ed', roles: ['editor'] });
const auditOf = (callId: string) =>
  t.database.rows<{ outcome: string; error: string | null; actor: string }>(
    sql`select outcome, error, actor from core.audit_entries where call_id = ${callId} order by id`,
  );
const lastOf = async (action: string) =>
  (
    await t.database.rows<{ outcome: string; error: string | null; call_id: string }>(
      sql`select outcome, error, call_id from core.audit_entries where action = ${action} order by id desc limit 1`,
    )
  )[0];
/** Rows of every kind, once nothing is left to do in the background. */
const counts = async () => {
  await t.settle();
  const [row] = await t.database.rows<Record<string, string>>(
    sql`select (select count(*) from notes.notes) as notes, (select count(*) from core.changes) as changes, (select count(*) from core.outbox) as outbox, (select count(*) from core.idempotency) as keys`,
  );
  return row;
};

test('a write leaves its row, its captured change and one record', async () => {
  const { output, callId } = await t.call(editor(), 'notes.add-note', { title: 'one', amount: '2' });

  expect(await t.run(editor(), getNote, output as { noteId: string })).toEqual({ title: 'one', amount: '2' });
  expect(await auditOf(callId)).toEqual([{ outcome: 'succeeded', error: null, actor: 'ed' }]);
  const [change] = await t.database.rows<{ operation: string; after: string }>(
    sql`select operation, after from core.changes where call_id = ${callId}`,
  );
  expect(change?.operation).toBe('insert');
  expect(JSON.parse(change?.after ?? '{}')).toMatchObject({ title: 'one', amount: '2', author_id: 'ed' });
});

describe('what refuses a call changes nothing', () => {
  test.each([
    ['an unknown action', 'notes.nothing', {}, 'core.unknown_action'],
    ['a wrong type', 'notes.add-note', { title: 7 }, 'core.invalid_input'],
    ['an unknown field', 'notes.add-note', { title: 'x', more: 1 }, 'core.invalid_input'],
    ['money that is no whole number of minor units', 'notes.add-note', { title: 'x', amount: '1.5' }, 'core.invalid_input'],
    ['a constraint of the table', 'notes.add-note', { title: 'x'.repeat(41) }, 'notes.too_long'],
    ['a constraint that is checked at the end', 'notes.add-note', { title: 'x', amount: '1' }, 'notes.odd'],
    ['a handler that throws after writing', 'notes.add-note', { title: 'x', misbehave: 'throw' }, 'core.internal'],
    ['a query that nobody waited for', 'notes.add-note', { title: 'x', misbehave: 'forget' }, 'database.open_queries'],
  ])('%s', async (_what, action, input, code) => {
    const before = await counts();
    await expect(t.call(editor(), action, input, { idempotencyKey: crypto.randomUUID() })).rejects.toMatchObject({ code });
    expect(await counts()).toEqual(before);
  });

  test('a handler that takes too long', async () => {
    const before = await counts();
    await expect(t.run(editor(), addNote, { title: 'x', misbehave: 'stall' })).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await counts()).toEqual(before);
  });
});

test('a failed write has one failed row; an input that the schema refuses has none', async () => {
  await expect(t.run(editor(), addNote, { title: 'x', misbehave: 'throw' })).rejects.toThrow();
  expect(await lastOf('notes.add-note')).toMatchObject({ outcome: 'failed', error: 'core.internal' });

  const before = await lastOf('notes.add-note');
  await expect(t.call(editor(), 'notes.add-note', {})).rejects.toThrow();
  expect(await lastOf('notes.add-note')).toEqual(before);
});

test('whoever holds the key can tell by any row which input it was made with, though its text were gone', async () => {
  const word = 'CANARY-of-the-word';
  const { callId } = await t.call(editor(), 'notes.add-note', { title: 'dig', word });
  await expect(t.run(editor(), addNote, { title: 'dig', misbehave: 'throw' })).rejects.toThrow();
  await expect(t.call(t.guest, 'notes.add-note', { title: 'dig' })).rejects.toThrow();
  await t.call(editor(), 'notes.add-note', { title: 'dig' }, { dryRun: true });
  await t.settle();
  const rows = await t.database.rows<{ call_id: string; outcome: string; digest: string; body: string }>(
    sql`select e.call_id, e.outcome, e.digest, b.body from core.audit_entries e
      join core.audit_bodies b on b.at = e.at and b.call_id = e.call_id and b.outcome = e.outcome where e.kind <> 'migration'`,
  );
  const hmac = (text: string) => createHmac('sha256', 'test').update(text).digest('hex'); // `test`: the installation's secret here
  for (const { digest, body } of rows) expect(digest, body).toBe(hmac(canonicalJson(JSON.parse(body).input)));
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['succeeded', 'failed', 'denied', 'previewed']));
  const own = rows.find((row) => row.call_id === callId);
  expect(own?.digest).toBe(hmac('{"title":"dig","word":"[redacted]"}'));
});

test('an action that one may not use answers as if it did not exist, and the refusal is recorded', async () => {
  const viewer = t.as({ id: 'vi', roles: ['viewer'] });

  await expect(t.run(viewer, addNote, { title: 'x' })).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(t.call(viewer, 'notes.no-such-thing', {})).rejects.toMatchObject({ code: 'core.unknown_action' });
  expect(await lastOf('notes.add-note')).toMatchObject({ outcome: 'denied', error: 'core.unknown_action' });
  await expect(t.run(t.guest, addNote, { title: 'x' })).rejects.toMatchObject({ code: 'core.unauthenticated' });
  await expect(t.call(t.guest, 'notes.no-such-thing', {})).rejects.toMatchObject({ code: 'core.unauthenticated' });
});

test('a token that lacks the scope is told so, its holder being allowed', async () => {
  const scoped = t.as({ id: 'ed', roles: ['editor'], scopes: ['notes.note.read'] });
  await expect(t.run(scoped, addNote, { title: 'x' })).rejects.toMatchObject({ code: 'core.scope_needed' });
  await expect(t.run(scoped, countNotes, {})).resolves.toBeDefined();
});

test('an agent has no more rights than the person for whom it acts, and the other way round', async () => {
  const person = { id: 'vi', roles: ['viewer'] as const };
  const strongAgent = t.as({ id: 'agent', kind: 'agent', roles: ['admin'], onBehalfOf: person });
  const weakAgent = t.as({ id: 'weak', kind: 'agent', roles: ['viewer'], onBehalfOf: { id: 'ad', roles: ['admin'] } });

  for (const agent of [strongAgent, weakAgent]) {
    await expect(t.run(agent, addNote, { title: 'x' })).rejects.toMatchObject({ code: 'core.unknown_action' });
    await expect(t.run(agent, countNotes, {})).resolves.toBeDefined();
  }
});

test('the same key and input is done once; the same key with another input is refused', async () => {
  const idempotencyKey = crypto.randomUUID();
  const first = await t.call(editor(), 'notes.add-note', { title: 'once' }, { idempotencyKey });
  const second = await t.call(editor(), 'notes.add-note', { title: 'once' }, { idempotencyKey });

  expect(second).toEqual({ ...first, replayed: true });
  await expect(t.run(editor(), addNote, { title: 'twice' }, { idempotencyKey })).rejects.toMatchObject({
    code: 'core.key_reused',
  });
  expect(await auditOf(first.callId)).toHaveLength(1);
  const [row] = await t.database.rows<{ count: string }>(sql`select count(*) from notes.notes where title in ('once', 'twice')`);
  expect(row?.count).toBe('1');
});

test('calls that race with one key are done once', async () => {
  const idempotencyKey = crypto.randomUUID();
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => t.call(editor(), 'notes.add-note', { title: 'race' }, { idempotencyKey })),
  );

  expect(new Set(answers.map(({ callId }) => callId)).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
});

test('a secret is answered once and stands in no row', async () => {
  const idempotencyKey = crypto.randomUUID();
  await expect(t.run(editor(), makeKey, {}, { idempotencyKey })).resolves.toEqual({ key: 'KEY-CANARY' });
  await expect(t.run(editor(), makeKey, {}, { idempotencyKey })).rejects.toMatchObject({ code: 'core.shown_once' });
  await t.run(editor(), addNote, { title: 'with a word', word: 'WORD-CANARY' });
  const preview = await t.call(editor(), 'notes.make-key', {}, { dryRun: true });

  expect(JSON.stringify(preview)).not.toContain('CANARY');
  const everything = await t.database.rows<{ text: string }>(sql`
    select body as text from core.audit_bodies union all select coalesce(before, '') || coalesce(after, '') from core.changes
    union all select coalesce(answer, '') from core.idempotency union all select payload from core.outbox`);
  const all = everything.map(({ text }) => text).join('\n');
  expect(all).not.toContain('KEY-CANARY');
  expect(all).not.toContain('WORD-CANARY');
});

test('the same key with another secret is another call', async () => {
  const idempotencyKey = crypto.randomUUID();
  await t.run(editor(), addNote, { title: 'mine', word: 'one' }, { idempotencyKey });
  await expect(t.run(editor(), addNote, { title: 'mine', word: 'two' }, { idempotencyKey })).rejects.toMatchObject({
    code: 'core.key_reused',
  });
});

test('a dry run changes nothing, and shows each viewer what they may read', async () => {
  const before = await counts();
  const shown = async (caller: Parameters<typeof t.call>[0]) =>
    (await t.call(caller, 'notes.add-note', { title: 'maybe' }, { dryRun: true })).changes;

  const own = await shown(editor());
  expect(own).toEqual([
    { table: 'notes.notes', operation: 'insert', after: expect.objectContaining({ title: 'maybe', author_id: 'ed' }) },
  ]);
  expect(JSON.stringify(own)).not.toContain('DRAFT-CANARY');
  const brandOnly = t.as({ id: 'be', roles: [{ role: 'admin', brandId: 'gallery' }] });
  expect(await shown(brandOnly)).toHaveLength(1); // the row is their own
  expect(await counts()).toEqual(before);
  expect(await lastOf('notes.add-note')).toMatchObject({ outcome: 'previewed' });
});

test('a dry run finds what a commit would refuse', async () => {
  await expect(t.run(editor(), addNote, { title: 'x', amount: '1' }, { dryRun: true })).rejects.toMatchObject({
    code: 'notes.odd',
  });
  await expect(t.run(editor(), countNotes, {}, { dryRun: true })).rejects.toMatchObject({ code: 'core.not_dry_runnable' });
});

test('a context that is kept is dead once its handler has ended', async () => {
  await t.run(editor(), addNote, { title: 'kept', misbehave: 'leak' });
  const { ctx } = leaked;

  expect(() => ctx?.emit({ name: 'notes.note-added' } as never, {} as never)).toThrow(/after its handler/);
  await expect(ctx?.enqueue({ name: 'notes.read-later' } as never, {} as never)).rejects.toThrow(/after its handler/);
  await expect((async () => ctx?.db.execute(sql`select 1`))()).rejects.toThrow();
});

test('a plugin writes only its own tables', async () => {
  await asOwner(t.database, sql`create schema if not exists strangers`);
  await asOwner(t.database, sql`create table strangers.things (id integer primary key)`);
  await asOwner(t.database, sql`select core.watch('strangers.things'::regclass)`);
  await asOwner(t.database, sql`grant usage on schema strangers to troupe_app`);
  await asOwner(t.database, sql`grant insert on strangers.things to troupe_app`);

  await expect(t.run(editor(), addNote, { title: 'x', misbehave: 'foreign' })).rejects.toMatchObject({ code: 'core.internal' });
  expect(await t.database.rows(sql`select 1 from core.changes where schema_name = 'strangers'`)).toHaveLength(0);
});

test('a read cannot write, and a read above low is recorded before it answers', async () => {
  await expect(t.run(editor(), countNotes, { write: true })).rejects.toMatchObject({ code: 'core.internal' });
  await t.run(editor(), countNotes, {});
  expect(await lastOf('notes.count-notes')).toMatchObject({ outcome: 'succeeded' });
});

test('policies see the locked record; what needs an approval is refused where nobody can give one', async () => {
  const { noteId } = await t.run(editor(), addNote, { title: 'final' });
  const draft = await t.run(editor(), addNote, { title: 'draft' });

  await expect(t.run(editor(), retitle, { noteId, title: 'other' })).rejects.toMatchObject({ code: 'core.denied' });
  await expect(t.run(editor(), retitle, { ...draft, title: 'ask first' })).rejects.toMatchObject({
    code: 'core.approval_unavailable',
  });
  const tainted = t.as({ id: 'ed', roles: ['editor'], tainted: true });
  await expect(t.run(tainted, retitle, { ...draft, title: 'other' })).rejects.toMatchObject({
    code: 'core.approval_unavailable',
  });
  await expect(t.run(tainted, addNote, { title: 'drafts stay free' })).resolves.toBeDefined();
});

test('a high risk leaves a row before it begins', async () => {
  const { noteId } = await t.run(editor(), addNote, { title: 'risky' });
  const { callId } = await t.call(editor(), 'notes.retitle', { noteId, title: 'done' });
  expect((await auditOf(callId)).map(({ outcome }) => outcome)).toEqual(['initiated', 'succeeded']);
});

test('events are delivered in order, and one that fails holds back those behind it', async () => {
  const author = t.as({ id: 'order', roles: ['editor'] });
  await t.settle();
  seen.titles.length = 0;
  for (const title of ['a', 'poison', 'b']) await t.run(author, addNote, { title });
  await t.settle();
  expect(seen.titles).toEqual(['a']);

  seen.refuse = false;
  t.advance(3_600_000);
  await t.settle();
  expect(seen.titles).toEqual(['a', 'poison', 'b']);
});

test('a job does each step once; one that its call rolled back never runs; a dead one says so', async () => {
  const rows = (noteId: string) =>
    t.database.rows<{ seen: number }>(sql`select seen from notes.readers where note_id = ${noteId} and reader_id = 'ed'`);
  const [good, gone, dead] = await Promise.all(['good', 'gone', 'dead'].map((title) => t.run(editor(), addNote, { title })));
  await t.run(editor(), planReading, { noteId: good?.noteId ?? '' });
  await expect(t.run(editor(), planReading, { noteId: gone?.noteId ?? '', throwAfter: true })).rejects.toThrow();
  await t.run(editor(), planReading, { noteId: dead?.noteId ?? '', fail: true });
  await t.settle();

  expect(await rows(good?.noteId ?? '')).toEqual([{ seen: 2 }]);
  expect(await rows(gone?.noteId ?? '')).toEqual([]);
  expect(await rows(dead?.noteId ?? '')).toEqual([{ seen: -1 }]);
});

test('what cannot be recorded does not happen', async () => {
  const { noteId } = await t.run(editor(), addNote, { title: 'before' });
  const before = await counts();
  await asOwner(t.database, sql`revoke insert on core.audit_entries from troupe_app`);
  try {
    for (const [action, input] of [
      ['notes.add-note', { title: 'x' }],
      ['notes.retitle', { noteId, title: 'x' }],
      ['notes.make-key', {}],
      ['notes.plan-reading', { noteId }],
    ] as const) {
      await expect(t.call(editor(), action, input)).rejects.toMatchObject({ code: 'core.internal' });
    }
    await expect(t.run(editor(), countNotes, {})).rejects.toMatchObject({ code: 'core.internal' });
    expect(await t.kernel.readiness()).toMatch(/record/);
  } finally {
    await asOwner(t.database, sql`grant insert on core.audit_entries to troupe_app`);
  }
  expect(await counts()).toEqual(before);
  expect(await t.kernel.readiness()).toBeUndefined();
});

test('rights that another process has taken away are lost for the next call', async () => {
  const fading = t.as({ id: 'fading', roles: ['editor'] });
  await t.run(fading, addNote, { title: 'still allowed' });
  t.as({ id: 'fading', roles: ['viewer'] });
  await t.database.owner((owner) => owner.rows(sql`update core.rights set version = version + 1`));
  await expect(t.run(fading, addNote, { title: 'no more' })).rejects.toMatchObject({ code: 'core.unknown_action' });
  expect(await t.database.rows(sql`select 1 from notes.notes where title = 'no more'`)).toEqual([]);
});

test('equal denials are counted into one row a minute', async () => {
  const knocker = t.as({ id: 'knocker', roles: ['viewer'] });
  for (let time = 0; time < 5; time++) await expect(t.run(knocker, addNote, { title: 'x' })).rejects.toThrow();
  const rows = () =>
    t.database.rows<{ repeats: number }>(
      sql`select repeats from core.audit_entries where actor = 'knocker' and outcome = 'denied' order by id`,
    );
  const now = await rows();
  expect(now.length).toBeLessThanOrEqual(2); // the minute may turn in between

  await asOwner(t.database, sql`update core.denials set minute = minute - interval '2 minutes'`);
  await t.database.rows(sql`select core.flush_denials()`);
  expect((await rows()).reduce((sum, { repeats }) => sum + repeats, 0)).toBe(5);
});

test('a replay of a high risk begins nothing, and a refused one has an end', async () => {
  const { noteId } = await t.run(editor(), addNote, { title: 'risky twice' });
  const idempotencyKey = crypto.randomUUID();
  const first = await t.call(editor(), 'notes.retitle', { noteId, title: 'done' }, { idempotencyKey });
  await t.call(editor(), 'notes.retitle', { noteId, title: 'done' }, { idempotencyKey });
  const final = await t.run(editor(), addNote, { title: 'final' });
  await expect(t.run(editor(), retitle, { ...final, title: 'x' })).rejects.toMatchObject({ code: 'core.denied' });

  const open = await t.database.rows(
    sql`select call_id from core.audit_entries group by call_id having bool_and(outcome = 'initiated')`,
  );
  expect(open).toEqual([]);
  expect((await auditOf(first.callId)).map(({ outcome }) => outcome)).toEqual(['initiated', 'succeeded']);
});

import { startTestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { diaryReadFrom } from '../../testing/diary/plugin.ts';
import { governancePlugin } from '../index.ts';
import { getCall } from './get-call.ts';
import { searchAudit } from './search-audit.ts';

const house = await startTestKernel([identityPlugin, governancePlugin, diaryReadFrom('viewer')], { workers: false });
const editor = house.as({ id: 'eve', roles: ['editor'] });
const admin = house.as({ id: 'ada', roles: ['admin'] });
const write = async () => (await house.call(editor, 'diary.write-page', { text: 'hello' })).callId;

test('the record is searched by who, what, outcome and time, and reading it is recorded', async () => {
  const callId = await write();
  await expect(house.call(editor, 'governance.search-audit', {})).rejects.toMatchObject({ code: 'core.unknown_action' });

  const { items } = await house.run(admin, searchAudit, { actor: 'eve', action: 'diary.write-page', outcome: 'succeeded' });
  expect(items[0]).toMatchObject({ callId, kind: 'action', plugin: 'diary', actor: 'eve', cause: 'test', repeats: 1 });
  const denied = await house.run(admin, searchAudit, { outcome: 'denied', plugin: 'governance' });
  expect(denied.items).toEqual([expect.objectContaining({ actor: 'eve', error: 'core.unknown_action' })]);
  const later = new Date(Date.now() + 60_000).toISOString();
  expect((await house.run(admin, searchAudit, { since: later })).items).toEqual([]);
  expect((await house.run(admin, searchAudit, { until: later, callId })).items.length).toBe(2);
  expect((await house.run(admin, searchAudit, { action: 'governance.search-audit', actor: 'ada' })).items.length).toBeGreaterThan(
    0,
  );
});

test('pages of the record follow each other without gap or repetition, also for rows of the same microsecond', async () => {
  for (let n = 0; n < 4; n++) await write();
  const filter = { plugin: 'diary', kind: 'action' as const };
  const all = (await house.run(admin, searchAudit, { ...filter, limit: 100 })).items.map(
    ({ callId, outcome }) => callId + outcome,
  );
  const paged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await house.run(admin, searchAudit, { ...filter, limit: 3, ...(cursor && { cursor }) });
    paged.push(...page.items.map(({ callId, outcome }) => callId + outcome));
    cursor = page.nextCursor;
  } while (cursor);

  expect(paged).toEqual(all);
  await expect(house.run(admin, searchAudit, { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'core.invalid_input' });
});

test('a call is shown with its rows, input, changes and trace, and without hidden columns', async () => {
  const callId = await write();
  const call = await house.run(admin, getCall, { callId });

  expect(call.entries.map(({ outcome }) => outcome)).toEqual(['initiated', 'succeeded']);
  expect(JSON.parse(call.bodies[1]?.body ?? '')).toMatchObject({ input: { text: 'hello' } });
  expect(call.changes).toEqual([
    { table: 'diary.pages', operation: 'insert', after: expect.objectContaining({ text: 'hello' }) },
  ]);
  expect(JSON.stringify(call)).not.toContain('hidden-mood');
  await expect(house.run(admin, getCall, { callId: crypto.randomUUID() })).rejects.toMatchObject({
    code: 'governance.unknown_call',
  });
});

test('of changes that the reader of the record may not read there is but the number', async () => {
  const house = await startTestKernel([identityPlugin, governancePlugin, diaryReadFrom('owner')], { workers: false });
  const { callId } = await house.call(house.as({ id: 'eve', roles: ['editor'] }), 'diary.write-page', { text: 'mine' });

  const seen = await house.run(house.as({ id: 'ada', roles: ['admin'] }), getCall, { callId });
  expect(seen).toMatchObject({ changes: [], changed: 1 });
  expect((await house.run(house.as({ id: 'olga', roles: ['owner'] }), getCall, { callId })).changes).toHaveLength(1);
});

test('calls of one trace are found from each other', async () => {
  const first = await write();
  const [row] = await house.database.rows<{ trace: string }>(
    sql`select trace_id as trace from core.audit_entries where call_id = ${first} limit 1`,
  );
  const second = await house.kernel.execute({
    action: 'diary.write-page',
    input: { text: 'again' },
    caller: editor,
    surface: 'test',
    requestId: 'test',
    trace: `00-${row?.trace}-00000000000000a1-01`,
  });
  const { related } = await house.run(admin, getCall, { callId: first });
  expect(related).toEqual([expect.objectContaining({ callId: second.callId, action: 'diary.write-page', outcome: 'succeeded' })]);
});

test('whoever reads the record on one brand only reads none of it', async () => {
  const brandAdmin = house.as({ id: 'bea', roles: [{ role: 'admin', brandId: 'gallery' }] });
  for (const [action, input] of [
    ['search-audit', {}],
    ['get-call', { callId: crypto.randomUUID() }],
  ] as const) {
    await expect(house.call(brandAdmin, `governance.${action}`, input)).rejects.toMatchObject({ code: 'core.unknown_action' });
  }
});

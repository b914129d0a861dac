import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { asOwner, serveTestKernel, startTestKernel, type TestKernel } from '../testing/index.ts';
import { addNote, countNotes, notesPlugin } from '../testing/notes/plugin.ts';
import type { CallFacts } from './audit.ts';
import type { Caller } from './call.ts';
import { type CallLimits, createCallCounter } from './call-limits.ts';

const NONE: CallLimits = { actor: 0, address: 0, guestWrites: 0, guestFailures: 0 };
const REFUSED = { code: 'core.too_many_calls' };
const start = async (callLimits: Partial<CallLimits>) => {
  const t = await startTestKernel([notesPlugin], { workers: false, callLimits: { ...NONE, ...callLimits } });
  t.stopClock();
  return t;
};
const from = (caller: Caller, address: string): Caller => ({ ...caller, address });
const rowsOf = ({ database }: TestKernel) =>
  database.rows<{ actor: string; action: string; error: string; repeats: number }>(
    sql`select actor, action, error, repeats from core.audit_entries where outcome = 'denied' order by id`,
  );
const deniedAsCounted = async (t: TestKernel) => {
  await asOwner(t.database, sql`update core.denials set minute = minute - interval '2 minutes'`);
  await t.database.rows(sql`select core.flush_denials()`);
  return (await rowsOf(t)).map(({ error, repeats }) => [error, repeats]);
};

test('an actor calls so often in a minute, and again in the next one; whoever else calls is not held back', async () => {
  const t = await start({ actor: 5 });
  const [ed, eve] = [t.as({ id: 'ed', roles: ['editor'] }), t.as({ id: 'eve', roles: ['editor'] })];
  for (let n = 0; n < 5; n++) await t.run(ed, countNotes, {});
  await expect(t.run(ed, countNotes, {})).rejects.toMatchObject({
    ...REFUSED,
    kind: 'limited',
    details: { limit: 'actor', retryAfterSeconds: expect.any(Number) },
  });
  await expect(t.kernel.assertOpen({ action: 'no.such', caller: ed, surface: 'test', requestId: 'x' })).rejects.toMatchObject(
    REFUSED,
  );
  await t.run(eve, countNotes, {});
  t.advance(60_000);
  await t.run(ed, countNotes, {});
});

test('neither the operator of the machine nor looking whether an action is open is counted', async () => {
  const t = await start({ actor: 2, address: 2 });
  const operator = t.as({ id: 'local-operator', kind: 'operator' });
  for (let n = 0; n < 9; n++) await t.run(operator, countNotes, {});
  const ed = from(t.as({ id: 'ed', roles: ['editor'] }), '203.0.113.9');
  for (let n = 0; n < 9; n++) await t.kernel.assertOpen({ action: countNotes.name, caller: ed, surface: 'test', requestId: 'x' });
  await t.run(ed, countNotes, {});
});

test('an agent is counted for each person that it acts for', async () => {
  const t = await start({ actor: 2 });
  const agentFor = (id: string) => t.as({ id: 'ada', kind: 'agent', roles: ['editor'], onBehalfOf: { id, roles: ['editor'] } });
  for (let n = 0; n < 2; n++) await t.run(agentFor('ann'), countNotes, {});
  await expect(t.run(agentFor('ann'), countNotes, {})).rejects.toMatchObject(REFUSED);
  await t.run(agentFor('bob'), countNotes, {});
});

test('all who call from one address share it: in IPv6 that is the network, and this machine stands for many', async () => {
  const t = await start({ address: 2 });
  const ed = t.as({ id: 'ed', roles: ['editor'] });
  for (const address of ['2001:db8::1', '2001:db8::2']) await t.run(from(ed, address), countNotes, {});
  await expect(t.run(from(ed, '2001:db8::3'), countNotes, {})).rejects.toMatchObject({ details: { limit: 'address' } });
  await t.run(from(ed, '2001:db8:0:1::3'), countNotes, {});
  for (let n = 0; n < 20; n++) await t.run(from(ed, '127.0.0.1'), countNotes, {});
  await expect(t.run(from(ed, '::ffff:127.0.0.1'), countNotes, {})).rejects.toMatchObject(REFUSED);
});

test('a flood of a visitor’s refused calls leaves as many rows as are let through, then one with the count', async () => {
  const t = await start({ guestFailures: 3 });
  const visitor = from(t.guest, '203.0.113.7');
  for (const action of ['notes.add-note', 'notes.retitle', 'notes.plan-reading'])
    await expect(t.call(visitor, action, {})).rejects.toMatchObject({ code: 'core.unauthenticated' });
  for (let n = 0; n < 50; n++) await expect(t.call(visitor, `made.up-${n}`, {})).rejects.toMatchObject(REFUSED);
  expect((await rowsOf(t)).map(({ error }) => error)).toEqual([...new Array(3).fill('core.unauthenticated'), REFUSED.code]);

  await t.kernel.stop();
  expect((await deniedAsCounted(t)).slice(4)).toEqual([[REFUSED.code, 49]]);
});

test('two processes count the writes of one actor together, beyond the quarter that each counts itself', async () => {
  const t = await start({});
  const limits = { ...NONE, actor: 40 };
  const counter = () => createCallCounter({ limits, database: t.database, log: t.kernel.log, clock: t.now });
  const [one, other] = [counter(), counter()];
  const call = { caller: t.as({ id: 'ed', roles: ['editor'] }) };
  const facts = (): CallFacts => ({
    callId: crypto.randomUUID(),
    kind: 'action',
    cause: 'test',
    plugin: 'notes',
    pluginVersion: '1',
    action: addNote.name,
    effect: 'write',
    call: { ...call, requestId: 'test' },
    input: {},
    digest: '',
  });
  const passed = async (effect: 'read' | 'write') => {
    let count = 0;
    for (let n = 0; n < 60; n++) {
      const tries = [one, other].map((counter) =>
        counter.take(call, effect, facts).then(
          () => count++,
          () => undefined,
        ),
      );
      await Promise.all(tries);
    }
    return count;
  };
  expect(await passed('write')).toBe(10 + 10 + 30);
  t.advance(60_000);
  expect(await passed('read')).toBe(40 + 40);
  await Promise.all([one.flush(), other.flush()]);
  expect((await deniedAsCounted(t)).reduce((sum, [, repeats]) => sum + Number(repeats), 0)).toBe(2 * 120 - 50 - 80);
});

test('over HTTP it is 429 with the seconds to wait', async () => {
  const t = await start({ actor: 1 });
  t.as({ id: 'ed', roles: ['editor'] });
  const { url } = await serveTestKernel(t, []);
  const ask = () =>
    fetch(`${url}/api/notes/count-notes`, { method: 'POST', body: '{}', headers: { authorization: 'Bearer token-of-ed' } });
  expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject(REFUSED);
});

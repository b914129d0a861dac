import { defineAction } from '@troupe-os/core';
import type { Caller } from '@troupe-os/core/surface';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { acting, startPeopledHouse } from '../testing/house.ts';
import { workforcePlugin } from './index.ts';
import { sweepMemories } from './jobs.ts';
import { memories } from './schema.ts';

interface Memory {
  readonly memoryId: string;
  readonly text: string;
  readonly isNew: boolean;
  readonly tainted: boolean;
  readonly [field: string]: unknown;
}

const sweepNow = defineAction({
  name: 'workforce.sweep-now',
  title: 'Sweep',
  description: 'Does now what is done each hour.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.memory.use',
  input: z.strictObject({}),
  output: z.strictObject({}),
  async handler(ctx) {
    await ctx.enqueue(sweepMemories, {});
    return {};
  },
});
const fillScope = defineAction({
  name: 'workforce.fill-scope',
  title: 'Fill',
  description: 'Has very much remembered at once.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.memory.use',
  input: z.strictObject({ from: z.int(), to: z.int() }),
  output: z.strictObject({}),
  async handler({ db, actor: { id }, callId, now }, { from, to }) {
    const one = {
      scope: 'person',
      scopeId: id,
      personId: id,
      savedBy: id,
      savedByName: 'Ann',
      tainted: false,
      callId,
      createdAt: now,
    } as const;
    const numbers = Array.from({ length: to - from + 1 }, (_, at) => from + at);
    await db
      .insert(memories)
      .values(numbers.map((number) => ({ ...one, id: crypto.randomUUID(), text: `Fact number ${number}` })));
    return {};
  },
});
const house = await startPeopledHouse({ ...workforcePlugin, actions: [...(workforcePlugin.actions ?? []), sweepNow, fillScope] });
const { operator, does } = house;
const code = (error: string) => ({ code: error });
const save = (caller: Caller, text: string, more: object = {}) =>
  does<Memory>(caller, 'workforce.save-memory', { text, ...more });
const list = async (caller: Caller, more: object = {}) =>
  (await does<{ items: Memory[] }>(caller, 'workforce.list-memories', more)).items.map(({ text }) => text);
const search = async (caller: Caller, q: string, more: object = {}) =>
  (await does<{ items: Memory[] }>(caller, 'workforce.search-memories', { q, ...more })).items.map(({ text }) => text);

test('a memory says who had it saved, by whom, and from which answer', async () => {
  const { caller, personId } = await house.person({ role: 'editor' });
  const agentId = await house.agent('Scribe', ['Office'], { role: 'editor' });
  const { conversationId } = await does<{ conversationId: string }>(caller, 'workforce.start-conversation', { agentId });

  const kept = await save(caller, '  The press\ncloses at six ', { scope: 'company' });
  expect(kept).toMatchObject({ text: 'The press closes at six', scope: 'company', savedBy: personId, personId, tainted: false });
  expect(kept).not.toHaveProperty('scopeId');
  const { callId, output } = await house.call(acting(agentId, caller), 'workforce.save-memory', { text: 'Ann likes tea' });
  expect(output).toMatchObject({ scope: 'person', savedBy: agentId, savedByName: 'Scribe', personId, callId });
  expect(output).not.toHaveProperty('conversationId'); // no run goes on

  const itself: Caller = {
    principal: { id: 'service:workforce', kind: 'service', name: '', credential: 'service' },
    tainted: false,
  };
  const requestId = crypto.randomUUID();
  await does(operator, 'workforce.set-model-price', { model: 'custom/x', inputMicroUsd: '0', outputMicroUsd: '0' });
  const keys = { runId: crypto.randomUUID(), runner: crypto.randomUUID() };
  const about = { conversationId, agentId, personId, caller: '{}', trace: '', requestId, requestBytes: 1 };
  const { messageId } = await does<{ messageId: string }>(itself, 'workforce.start-run', {
    ...keys,
    ...about,
    models: ['custom/x'],
  });
  const within = await house.call(acting(agentId, caller), 'workforce.save-memory', { text: 'Ann likes oats' }, { requestId });
  expect(within.output).toMatchObject({ conversationId, messageId });
});

test('the same text is kept once for a scope, and once for each', async () => {
  const { caller } = await house.person({ role: 'editor' });
  const first = await save(caller, 'The frame is oak');
  const again = await save(caller, 'The  frame is oak');
  const forAll = await save(caller, 'The frame is oak', { scope: 'company' });

  expect([first.isNew, again.isNew, forAll.isNew]).toEqual([true, false, true]);
  expect(again.memoryId).toBe(first.memoryId);
  const both = Array.from({ length: 4 }, () => save(caller, 'The frame is ash', { scope: 'brand', scopeId: 'zig-zag' }));
  const ids = (await Promise.all(both)).map(({ memoryId }) => memoryId);
  expect(new Set(ids).size).toBe(1);
});

test('a scope is named where it needs a name, and must be there', async () => {
  const { caller } = await house.person({ role: 'admin' });
  await expect(save(caller, 'x', { scope: 'brand' })).rejects.toMatchObject(code('workforce.scope_id_needed'));
  await expect(save(caller, 'x', { scope: 'company', scopeId: 'gallery' })).rejects.toMatchObject(
    code('workforce.scope_id_needless'),
  );
  await expect(save(caller, 'x', { scope: 'brand', scopeId: 'nowhere' })).rejects.toMatchObject(code('workforce.memory_scope'));
  await expect(save(caller, 'x', { scope: 'department', scopeId: 'nowhere' })).rejects.toMatchObject(
    code('workforce.memory_scope'),
  );
  await expect(save(caller, 'x', { scope: 'agent', scopeId: crypto.randomUUID() })).rejects.toMatchObject(
    code('workforce.memory_scope'),
  );
  for (const text of ['', '   ', 'x'.repeat(1001)])
    await expect(save(caller, text)).rejects.toMatchObject(code('core.invalid_input'));
  await expect(save(caller, 'x', { expiresAt: new Date(0).toISOString() })).rejects.toMatchObject(
    code('workforce.expires_in_the_past'),
  );
  await expect(save(house.guest, 'x')).rejects.toMatchObject(code('core.unauthenticated'));
});

test('a scope takes a thousand and no more, whoever counts', async () => {
  const { caller } = await house.person({ role: 'viewer' });
  const first = await save(caller, 'Fact number 0');
  await does(caller, 'workforce.fill-scope', { from: 1, to: 998 });
  await save(caller, 'Fact number 999');
  await expect(save(caller, 'One too many')).rejects.toMatchObject(code('workforce.memory_scope_full'));
  expect((await save(caller, 'Fact number 0')).isNew).toBe(false);
  await does(caller, 'workforce.delete-memory', { memoryId: first.memoryId });
  expect((await save(caller, 'One too many')).isNew).toBe(true);
});

test('a memory is found by what it means, by its words in any language, and mistyped; deleted it is gone at once', async () => {
  const { caller } = await house.person({ role: 'viewer' });
  const ship = await save(caller, 'Parcels leave the warehouse on Tuesdays');
  await save(caller, 'Die Leihgabe aus Bremen wird im Winter zurückgegeben');
  await save(caller, 'The curator is allergic to lilies');

  expect((await search(caller, 'which day do we ship things'))[0]).toBe('Parcels leave the warehouse on Tuesdays');
  expect((await search(caller, 'Leihgabe'))[0]).toMatch(/^Die Leihgabe/);
  expect(await search(caller, 'alergic')).toContain('The curator is allergic to lilies');
  await does(caller, 'workforce.delete-memory', { memoryId: ship.memoryId });
  expect(await search(caller, 'which day do we ship things')).not.toContain('Parcels leave the warehouse on Tuesdays');
  const [left] = await house.database.rows<{ count: number }>(
    sql`select count(*)::int as count from workforce.memory_embeddings where memory_id = ${ship.memoryId}`,
  );
  expect(left?.count).toBe(0);
});

test('what nothing is near to is told to nobody who did not ask for it', async () => {
  const { caller } = await house.person({ role: 'viewer' });
  await save(caller, 'Parcels leave the warehouse on Tuesdays');
  const unasked = (q: string) => search(caller, q, { unasked: true });

  expect(await unasked('On which weekday do parcels leave the warehouse?')).toHaveLength(1);
  for (const q of ['hello', 'thank you very much', 'What is on sale in the Gallery?', 'Write a poem about a harbour at night'])
    expect(await unasked(q), q).toEqual([]);
});

test('a memory ends when it was said to, and is swept away', async () => {
  const { caller } = await house.person({ role: 'viewer' });
  const until = (hours: number) => ({ expiresAt: new Date(house.now().getTime() + hours * 3_600_000).toISOString() });
  await save(caller, 'The lift is broken', until(1));
  await save(caller, 'The door code is new', until(48));
  const own = () => list(caller, { scope: 'person' });
  expect(await own()).toHaveLength(2);
  house.advance(2 * 3_600_000);

  expect(await own()).toEqual(['The door code is new']);
  expect(await search(caller, 'Is the lift broken?')).not.toContain('The lift is broken');
  expect((await save(caller, 'The lift is broken', until(1))).isNew).toBe(true);
  house.advance(2 * 3_600_000);
  await does(caller, 'workforce.sweep-now');
  await house.settle();
  const left = await house.database.rows(sql`select 1 from workforce.memories where text = 'The lift is broken'`);
  expect(left).toEqual([]);
});

test('who loses a role loses what it showed at once, and who leaves a department what was kept for it', async () => {
  const roles = [
    { role: 'viewer', brandId: 'gallery' },
    { role: 'editor', departmentId: 'finance' },
  ] as const;
  const { caller, personId } = await house.person(...roles);
  const clerk = await house.agent('Teller', ['Finance'], { role: 'editor' });
  await save(operator, 'The Gallery opens at ten', { scope: 'brand', scopeId: 'gallery' });
  await save(caller, 'Invoices are paid on Fridays', { scope: 'department', scopeId: 'finance' });
  await save(caller, 'I sit by the window');
  const all = ['I sit by the window', 'Invoices are paid on Fridays', 'The Gallery opens at ten'];
  for (const by of [caller, acting(clerk, caller)]) expect((await list(by)).sort()).toEqual(all);

  await does(operator, 'identity.revoke-role', { personId, role: 'editor', departmentId: 'finance' });
  for (const by of [caller, acting(clerk, caller)]) expect((await list(by)).sort()).toEqual([all[0], all[2]]);
  expect(await search(caller, 'When are invoices paid?')).not.toContain('Invoices are paid on Fridays');
  await does(operator, 'identity.grant-role', { personId, role: 'viewer', brandId: 'vault' });
  await does(operator, 'identity.revoke-role', { personId, role: 'viewer', brandId: 'gallery' });
  for (const by of [caller, acting(clerk, caller)]) expect(await list(by)).toEqual([all[0]]);
  await does(operator, 'identity.revoke-role', { personId, role: 'viewer', brandId: 'vault' });
  await expect(list(caller)).rejects.toMatchObject(code('core.unknown_action'));
});

test('words from outside are kept for their own person alone, and taint whoever is told of them', async () => {
  const { caller } = await house.person({ role: 'editor' });
  const agentId = await house.agent('Reader', ['Office'], { role: 'editor' });
  const tainted = acting(agentId, caller, true);
  await expect(save(tainted, 'Pay Bob', { scope: 'company' })).rejects.toMatchObject(code('workforce.words_from_outside'));
  expect(await save(tainted, 'The customer wants to pay Bob')).toMatchObject({ tainted: true });
  await save(caller, 'The lamp is green');

  const read = (q: string) => house.call(acting(agentId, caller), 'workforce.search-memories', { q, unasked: true, limit: 1 });
  const bob = await read('Does the customer want to pay Bob?');
  const lamp = await read('Is the lamp green?');
  expect([bob.output, bob.taints]).toMatchObject([{ items: [{ tainted: true }] }, true]);
  expect([lamp.output, lamp.taints]).toMatchObject([{ items: [{ tainted: false }] }, false]);
});

test('what an app has its person remember taints too', async () => {
  const { caller } = await house.person({ role: 'editor' });
  const app = { ...caller, principal: { ...caller.principal, credential: 'app:one', scopes: ['workforce.*'] } };
  expect(await save(app, 'The app says so')).toMatchObject({ tainted: true });
  await expect(save(app, 'The app says so to all', { scope: 'company' })).rejects.toMatchObject({
    code: 'workforce.words_from_outside',
  });
  const agentId = await house.agent('App Reader', ['Office'], { role: 'editor' });
  expect((await house.call(acting(agentId, caller), 'workforce.list-memories', {})).taints).toBe(true);
});

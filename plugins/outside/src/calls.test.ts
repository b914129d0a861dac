import { defineAction, definePlugin } from '@troupe-os/core';
import { asOwnerInCall, startTestKernel } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CALL_STATES, outsidePort } from './contract.ts';
import { outsidePlugin } from './index.ts';

/** Stands in for the plugin of a server: each of its actions is one method of the port. */
const step = defineAction({
  name: 'server.step',
  title: 'Step',
  description: 'Does one step.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'server.step.do',
  input: z.strictObject({ does: z.enum(['keep', 'begin', 'done', 'unknown', 'give up']), callId: z.uuid().optional() }),
  output: z.strictObject({ callId: z.uuid() }),
  async handler(ctx, { does, callId = ctx.callId }) {
    const port = ctx.use(outsidePort);
    const error = { code: 'server.gone', message: 'It is gone.' };
    if (does === 'keep') await port.keep({ action: 'server.step' });
    if (does === 'begin') await port.begin(callId);
    if (does === 'done') await port.end(callId, { state: 'done', text: 'a word', isCut: false });
    if (does === 'unknown') await port.end(callId, { state: 'unknown', error });
    if (does === 'give up') await port.giveUp(callId, error);
    return { callId };
  },
});
const serverPlugin = definePlugin({
  id: 'server',
  version: '0.0.0',
  from: import.meta.url,
  permissions: { 'server.step.do': { title: 'Do steps', roles: ['viewer'] } },
  tables: {},
  actions: [step],
  requires: { outside: ['keep', 'begin', 'end', 'giveUp'] },
});

const house = await startTestKernel([outsidePlugin, serverPlugin]);
const vic = house.as({ id: 'vic', roles: ['viewer'] });
const does = (what: 'keep' | 'begin' | 'done' | 'unknown' | 'give up', callId?: string) =>
  house.run(vic, step, { does: what, ...(callId ? { callId } : {}) });
const stateOf = async (callId: string) => {
  const [row] = await house.database.rows<{ state: string; error: string | null; answer: string | null }>(
    sql`select state, error_code as error, answer from outside.calls where id = ${callId}`,
  );
  return row;
};
const kept = async (...then: Parameters<typeof does>[0][]) => {
  const { callId } = await does('keep');
  for (const what of then) await does(what, callId);
  return { callId, ...(await stateOf(callId)) };
};

test('a call is begun once, and what is over stays as it is', async () => {
  expect(await kept('begin', 'done')).toMatchObject({ state: 'done', answer: 'a word', error: null });
  const { callId } = await kept('begin', 'done', 'unknown', 'give up');
  expect(await stateOf(callId)).toMatchObject({ state: 'done' });
  await expect(does('begin', callId)).rejects.toMatchObject({ code: 'outside.not_waiting' });
});

test('one that nothing more is done for failed where it was not sent, and else nobody knows; an answer may still come', async () => {
  expect(await kept('give up')).toMatchObject({ state: 'failed', error: 'server.gone' });
  expect(await kept('begin', 'give up')).toMatchObject({ state: 'unknown', error: 'outside.outcome_unknown' });
  expect(await kept('begin', 'unknown', 'done')).toMatchObject({ state: 'done', answer: 'a word', error: null });
});

test('the database lets no call go back, vanish, or be another one', async () => {
  const { callId } = await kept('begin', 'done');
  const tries = [
    ...CALL_STATES.filter((state) => state !== 'done').map(
      (state) => sql`update outside.calls set state = ${state} where id = ${callId}`,
    ),
    sql`update outside.calls set answer = 'another word' where id = ${callId}`,
    sql`update outside.calls set person_id = 'bob' where id = ${callId}`,
    sql`delete from outside.calls where id = ${callId}`,
    sql`insert into outside.calls (id, action, actor_id, person_id, state, created_at) values (gen_random_uuid(), 'a.b', 'a', 'a', 'done', now())`,
  ];
  for (const attempt of tries) await expect(asOwnerInCall(house.database, attempt)).rejects.toThrow();
  expect(await stateOf(callId)).toMatchObject({ state: 'done', answer: 'a word' });
});

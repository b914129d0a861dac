import { type Caller, service } from '@troupe-os/core/surface';
import { startTestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { expect, test } from 'vitest';
import { addMessage } from './actions/add-message.ts';
import { beginStep } from './actions/begin-step.ts';
import { claimRun } from './actions/claim-run.ts';
import { finishRun } from './actions/finish-run.ts';
import { getConversation } from './actions/get-conversation.ts';
import { keepAnswer } from './actions/keep-answer.ts';
import { listBudgets } from './actions/list-budgets.ts';
import { removeModelPrice } from './actions/remove-model-price.ts';
import { setBudget } from './actions/set-budget.ts';
import { setModelPrice } from './actions/set-model-price.ts';
import { startConversation } from './actions/start-conversation.ts';
import { startRun } from './actions/start-run.ts';
import { updateAgent } from './actions/update-agent.ts';
import { workforcePlugin } from './index.ts';

const house = await startTestKernel([identityPlugin, workforcePlugin], { workers: false });
await house.kernel.seed({ rehearsal: false });
const { run, as } = house;
const itself: Caller = { principal: service('workforce'), tainted: false };
const admin = as({ id: crypto.randomUUID(), roles: ['admin'] });
const MODEL = 'custom/dear';
// a dollar for ten thousand tokens, read or written
const PRICE = { model: MODEL, inputMicroUsd: '100000000', outputMicroUsd: '100000000', mostOutputTokens: 1000 };
await run(admin, setModelPrice, PRICE);

async function conversation() {
  const person = as({ id: crypto.randomUUID(), roles: ['viewer'] });
  const { conversationId, agentId = '' } = await run(person, startConversation, {});
  await run(person, addMessage, { conversationId, text: 'Look at it.' });
  const begin = (more: object = {}) => {
    const about = {
      runId: crypto.randomUUID(),
      runner: crypto.randomUUID(),
      conversationId,
      agentId,
      personId: person.principal.id,
    };
    const call = { ...about, caller: '{}', models: [MODEL], trace: '', requestId: 'r', requestBytes: 1000, ...more };
    return run(itself, startRun, call).then((begun) => ({ ...begun, runId: call.runId, runner: call.runner }));
  };
  return { person, conversationId, agentId, begin };
}

/** Micro-dollars of a person today. */
async function todayOf(personId: string) {
  const { items } = await run(admin, listBudgets, {});
  const { spentMicroUsd, reservedMicroUsd } = items.find(({ actorId }) => actorId === personId) ?? {};
  return { spent: spentMicroUsd, reserved: reservedMicroUsd };
}

const used = { model: MODEL, tokens: { input: 100, output: 50, said: true } };
const letter = {
  ...{ toolCallId: 'call-1', action: 'letters.read', input: '{}', outcome: 'succeeded' as const },
  ...{ text: 'A letter.', told: '{"text":"A letter."}', taints: true },
};

test('a question is paid for beforehand as if it were the longest, and afterwards as it was', async () => {
  const { person, begin } = await conversation();
  const { runId, runner } = await begin();
  expect(await todayOf(person.principal.id)).toEqual({ spent: '0', reserved: '200000' });

  await run(itself, keepAnswer, { runId, runner, number: 1, ...used, text: 'Let me look.', calls: '[{"toolCallId":"call-1"}]' });
  expect(await todayOf(person.principal.id)).toEqual({ spent: '15000', reserved: '0' });
  await run(itself, beginStep, { runId, runner, number: 2, results: [letter], requestBytes: 2000 });
  expect(await todayOf(person.principal.id)).toEqual({ spent: '15000', reserved: '300000' });

  // nobody said what this one has used
  await run(itself, finishRun, {
    runId,
    runner,
    status: 'stopped',
    text: 'All of it.',
    answer: { number: 2, text: '', calls: '[]' },
  });
  expect(await todayOf(person.principal.id)).toEqual({ spent: '315000', reserved: '0' });
});

test('an answer is written once, in its agent’s name, with what its tools answered behind it', async () => {
  const { person, conversationId, agentId, begin } = await conversation();
  const { runId, runner } = await begin();
  await expect(begin()).rejects.toMatchObject({ code: 'workforce.answer_running' });
  await run(itself, keepAnswer, { runId, runner, number: 1, ...used, text: 'Let me look.', calls: '[]' });
  await run(itself, finishRun, { runId, runner, status: 'done', text: 'All of it.', results: [letter] });

  const again = run(itself, finishRun, { runId, runner, status: 'failed', text: 'Else.' });
  await expect(again).rejects.toMatchObject({ code: 'workforce.run_elsewhere' });
  const { messages, conversation: kept } = await run(person, getConversation, { conversationId });
  expect(messages.map(({ author, authorId, text, status }) => [author, authorId, text, status])).toEqual([
    ['person', person.principal.id, 'Look at it.', 'done'],
    ['agent', agentId, 'All of it.', 'done'],
    ['tool', agentId, 'A letter.', 'done'],
  ]);
  expect(kept.tainted).toBe(true);
});

test('steps follow each other, and one process works on a run: it is handed on once', async () => {
  const { begin } = await conversation();
  const { runId, runner } = await begin();
  const other = crypto.randomUUID();
  const step = { runId, runner, number: 2, requestBytes: 10 };

  await expect(run(itself, beginStep, step)).rejects.toMatchObject({ code: 'workforce.wrong_step' }); // nothing is answered yet
  await expect(run(itself, keepAnswer, { runId, runner, number: 2, text: '', calls: '[]' })).rejects.toMatchObject({
    code: 'workforce.wrong_step',
  });
  const claims = await Promise.allSettled([0, 1, 2].map(() => run(itself, claimRun, { runId, runner: other, from: runner })));
  expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const late = run(itself, finishRun, { runId, runner, status: 'done', text: 'Late.' });
  await expect(late).rejects.toMatchObject({ code: 'workforce.run_elsewhere' });

  await run(itself, beginStep, { ...step, runner: other });
  await run(itself, finishRun, {
    runId,
    runner: other,
    status: 'done',
    text: 'In time.',
    answer: { number: 2, ...used, text: '', calls: '[]' },
  });
});

test('whoever takes a run over is told what was done, and what nobody heard the end of is paid', async () => {
  const { person, begin } = await conversation();
  const { runId, runner } = await begin();
  const calls = '[{"toolCallId":"call-1"}]';
  await run(itself, keepAnswer, { runId, runner, number: 1, ...used, text: 'Let me look.', calls });
  await run(itself, beginStep, { runId, runner, number: 2, results: [letter], requestBytes: 0 });

  const claimed = await run(itself, claimRun, { runId, runner: crypto.randomUUID(), from: runner });

  expect(claimed).toMatchObject({ personId: person.principal.id, lastStep: 2, tainted: true, models: [{ model: MODEL }] });
  expect(claimed.steps).toEqual([
    {
      number: 1,
      kind: 'answer',
      isDone: true,
      text: 'Let me look.',
      calls,
      results: JSON.stringify([{ toolCallId: 'call-1', told: letter.told }]),
    },
  ]);
  expect(await todayOf(person.principal.id)).toEqual({ spent: '115000', reserved: '0' });
});

test('fifty runs at once never spend more than the day’s budget, and those beyond it are told what is left and until when', async () => {
  const talks = await Promise.all(Array.from({ length: 50 }, conversation));
  const { agentId } = talks[0] ?? { agentId: '' };
  // the tests before have spent some of it and set some aside
  const { items } = await run(admin, listBudgets, {});
  const { spentMicroUsd = '0', reservedMicroUsd = '0' } = items.find(({ actorId }) => actorId === agentId) ?? {};
  await run(admin, setBudget, {
    kind: 'agent',
    actorId: agentId,
    dailyMicroUsd: String(Number(spentMicroUsd) + Number(reservedMicroUsd) + 1_000_000),
  });

  const begun = await Promise.allSettled(talks.map(({ begin }) => begin())); // 20 cents each
  const refused = begun.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));

  expect(begun.length - refused.length).toBe(5);
  expect(refused[0]).toMatchObject({
    code: 'workforce.budget_reached',
    details: {
      budget: 'agent',
      actorId: agentId,
      leftUsd: '0.000000',
      neededUsd: '0.200000',
      resetsAt: expect.stringMatching(/T00:00:00\.000Z$/),
    },
  });
  const { items: after } = await run(admin, listBudgets, {});
  expect(after.find(({ actorId }) => actorId === agentId)).toMatchObject({ spentMicroUsd, reservedMicroUsd: '1000000' });
  await run(admin, setBudget, { kind: 'agent', actorId: '*', dailyMicroUsd: '1000000000' });
  await run(admin, setBudget, { kind: 'agent', actorId: agentId, dailyMicroUsd: '1000000000' });
});

test('a person has a budget too, whichever agent works for them', async () => {
  const { person, begin } = await conversation();
  await run(admin, setBudget, { kind: 'person', actorId: person.principal.id, dailyMicroUsd: '199999' });

  await expect(begin()).rejects.toMatchObject({
    code: 'workforce.budget_reached',
    details: { budget: 'person', dailyUsd: '0.199999', leftUsd: '0.199999' },
  });
  await expect(begin({ requestBytes: 999 })).resolves.toMatchObject({ models: [{ model: MODEL, mostOutputTokens: 1000 }] });
});

test('a model that has no price is not asked, nor one among others; nought is a price', async () => {
  const { begin } = await conversation();
  for (const models of [['custom/unknown'], [MODEL, 'custom/unknown']])
    await expect(begin({ models })).rejects.toMatchObject({
      code: 'workforce.model_unpriced',
      details: { model: 'custom/unknown' },
    });

  await run(admin, setModelPrice, { ...PRICE, model: 'custom/own', inputMicroUsd: '0', outputMicroUsd: '0' });
  await expect(begin({ models: ['custom/own'] })).resolves.toMatchObject({ models: [{ model: 'custom/own' }] });
  await run(admin, removeModelPrice, { model: 'custom/own' });
  const other = await conversation();
  await expect(other.begin({ models: ['custom/own'] })).rejects.toMatchObject({ code: 'workforce.model_unpriced' });
});

test('a run is begun in the conversation’s own name only, and by no agent that is paused', async () => {
  const [one, other] = [await conversation(), await conversation()];
  const stranger = one.begin({ personId: other.person.principal.id });
  await expect(stranger).rejects.toMatchObject({ code: 'workforce.unknown_conversation' });

  const under = await other.begin();
  await run(admin, updateAgent, { agentId: one.agentId, state: 'paused' });
  await expect(one.begin()).rejects.toMatchObject({ code: 'workforce.agent_paused' });
  // nor does one go on that was paused meanwhile
  const { runId, runner } = under;
  await run(itself, keepAnswer, { runId, runner, number: 1, text: '', calls: '[]' });
  const next = run(itself, beginStep, { runId, runner, number: 2, requestBytes: 0 });
  await expect(next).rejects.toMatchObject({ code: 'workforce.agent_paused' });
  await run(admin, updateAgent, { agentId: one.agentId, state: 'active' });
});

test('nobody keeps a run but the house itself', async () => {
  const { person, agentId, begin } = await conversation();
  const { runId, runner } = await begin();
  const owner = as({ id: crypto.randomUUID(), roles: ['owner'] });
  const agent = as({ id: agentId, kind: 'agent', roles: ['owner'], onBehalfOf: { id: person.principal.id, roles: ['owner'] } });
  for (const caller of [owner, agent, person])
    await expect(run(caller, finishRun, { runId, runner, status: 'done', text: 'Mine.' })).rejects.toMatchObject({
      code: 'core.unknown_action',
    });
});

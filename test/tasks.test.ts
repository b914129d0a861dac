// Tasks of agents where the whole house has a part: a person's yes, rights over several agents, and a house that is killed.
import { createRunner, createTaskWorker } from '@troupe-os/agents';
import { lettersPlugin, SCRIPTED_PRICE, scriptedModel, startAgentHouse } from '@troupe-os/agents/testing';
import type { Caller } from '@troupe-os/core/surface';
import { governancePlugin } from '@troupe-os/plugin-governance';
import { describe, expect, test, vi } from 'vitest';
import { price, tillPlugin } from '../plugins/governance/testing/till/plugin.ts';
import { callRest, newPlace, startServer } from './servers.ts';

interface Task {
  readonly taskId: string;
  readonly state: string;
  readonly output?: string;
  readonly conversationId: string;
  readonly children: readonly { readonly taskId: string }[];
}

describe('in one process', async () => {
  const house = await startAgentHouse([lettersPlugin, governancePlugin, tillPlugin], { workers: true });
  const { model, env } = await scriptedModel();
  const runner = createRunner({ kernel: house.kernel, env });
  const worker = createTaskWorker({ kernel: house.kernel, runner, env, model: SCRIPTED_PRICE.model });

  async function works(): Promise<void> {
    await worker.look();
    await worker.settled();
  }
  const give = async (caller: Caller, brief: string, more: object = {}) =>
    house.does<{ taskId: string }>(caller, 'workforce.create-task', {
      ...{ title: 'A task', brief, assigneeId: house.conciergeId },
      ...more,
    });
  const see = (caller: Caller, taskId: string) => house.does<Task>(caller, 'workforce.get-task', { taskId });
  const run = (action: string, input: object) => ({ name: 'run_action', arguments: JSON.stringify({ action, input }) });
  const waiting = async (caller: Caller) =>
    (await house.does<{ items: { approvalId: string }[] }>(caller, 'governance.list-approvals', {})).items[0]?.approvalId ?? '';

  /** An agent reads a letter and wants to answer it; whatever is decided it says. */
  async function asksToSend(word: string) {
    const { caller } = await house.person('editor');
    model.on(
      { userMessage: new RegExp(`Answer the ${word}`), hasToolResult: false },
      { toolCalls: [run('letters.read-letter', {}), run('letters.send-letter', { text: word })] },
    );
    model.on({ userMessage: new RegExp(`Answer the ${word}`), hasToolResult: true }, { content: 'It waits for a yes.' });
    const { taskId } = await give(caller, `Answer the ${word}.`);
    await works();
    return { caller, taskId, approvalId: await waiting(caller) };
  }

  test('a task waits for the yes that its agent needs, and goes on when it was given', async () => {
    const { caller, taskId, approvalId } = await asksToSend('first letter');
    expect(await see(caller, taskId)).toMatchObject({ state: 'waiting', waitsFor: 'approval' });
    await works();
    expect(await see(caller, taskId)).toMatchObject({ state: 'waiting', waitsFor: 'approval' });

    model.on({ userMessage: /was given, and what you asked for is done/ }, { content: 'The letter is sent.' });
    await house.does(caller, 'governance.approve-call', { approvalId });
    await house.settle();
    await works();

    expect(await see(caller, taskId)).toMatchObject({ state: 'done', output: 'The letter is sent.', attempts: 0 });
  });

  test('the agent is told of a no, and says what it makes of it', async () => {
    const { caller, taskId, approvalId } = await asksToSend('second letter');
    model.on({ userMessage: /was refused/ }, { content: 'It was not sent.' });
    await house.does(caller, 'governance.reject-call', { approvalId, note: 'No.' });
    await works();

    expect(await see(caller, taskId)).toMatchObject({ state: 'done', output: 'It was not sent.' });
  });

  test('what a cancelled task asked for is taken back, whether it was cancelled before or while it asked', async () => {
    const stateOf = async (approvalId: string) =>
      (await house.does<{ state: string }>(house.operator, 'governance.get-approval', { approvalId })).state;
    const { caller, taskId, approvalId } = await asksToSend('third letter');
    await house.does(caller, 'workforce.cancel-task', { taskId });
    expect(await stateOf(approvalId)).toBe('pending');
    await works();
    expect(await stateOf(approvalId)).toBe('cancelled');
    await expect(house.does(caller, 'governance.approve-call', { approvalId })).rejects.toMatchObject({
      code: 'governance.not_open',
    });

    const other = (await house.person('editor')).caller;
    let cancelled = '';
    model.on(
      { userMessage: /Answer and be stopped/, hasToolResult: false },
      { toolCalls: [run('letters.read-letter', {}), run('letters.send-letter', { text: 'stopped' })] },
    );
    model.on({ userMessage: /Answer and be stopped/, hasToolResult: true }, async () => {
      await house.does(other, 'workforce.cancel-task', { taskId: cancelled });
      return { content: 'It waits.' };
    });
    cancelled = (await give(other, 'Answer and be stopped.')).taskId;
    await works();
    const asked = await waiting(other);
    expect(await stateOf(asked)).toBe('pending');
    await works();
    expect(await stateOf(asked)).toBe('cancelled');
    expect(await see(other, cancelled)).toMatchObject({ state: 'cancelled' });
  });

  test('a task waits on for the approval that is asked for anew, as the price has changed', async () => {
    const [{ caller }, { caller: other }] = [await house.person('editor'), await house.person('admin')];
    price.cents = 1_500_00n;
    model.on({ userMessage: /Pay the printer/, hasToolResult: false }, { toolCalls: [run('till.pay', { to: 'The printer' })] });
    model.on({ userMessage: /Pay the printer/, hasToolResult: true }, { content: 'It waits for a yes.' });
    const { taskId } = await give(caller, 'Pay the printer.');
    await works();
    const first = await waiting(caller);

    price.cents = 1_600_00n;
    await house.does(other, 'governance.approve-call', { approvalId: first });
    await house.settle();
    await works();
    expect(await see(caller, taskId)).toMatchObject({ state: 'waiting', waitsFor: 'approval' });
    const anew = await waiting(caller);
    expect(anew).not.toBe(first);
    await house.does(other, 'governance.approve-call', { approvalId: anew });
    await house.settle();
    await works();
    expect(await see(caller, taskId)).toMatchObject({ state: 'done', output: 'The letter is sent.' });
  });

  test('what is handed over is done with the rights that both agents and their person have', async () => {
    const make = async (name: string, role: 'viewer' | 'editor') =>
      house.does<{ agentId: string }>(house.operator, 'workforce.create-agent', {
        ...{ name, role: 'Helps', description: '', instructions: '', departments: ['Office'] },
        roles: [{ role }],
      });
    const [low, high] = [await make('Low', 'viewer'), await make('High', 'editor')];
    const { caller } = await house.person('editor');
    // budgets are read by editors: what one of the two may not, neither does for the other
    const tryThrough = async (from: string, to: string, word: string) => {
      model.on({ userMessage: new RegExp(`Ask about ${word}`), hasToolResult: false }, (request) => {
        const [, taskId] = /Task ([0-9a-f-]{36})/.exec(JSON.stringify(request.messages)) ?? [];
        const part = { taskId, agentId: to, title: 'Budgets', brief: `Read for ${word}.` };
        return { toolCalls: [run('workforce.hand-over-task', part)] };
      });
      model.on({ userMessage: new RegExp(`Ask about ${word}`), hasToolResult: true }, { content: 'Handed over.' });
      model.on(
        { userMessage: new RegExp(`Read for ${word}`), hasToolResult: false },
        { toolCalls: [run('workforce.list-budgets', {})] },
      );
      model.on({ userMessage: new RegExp(`Read for ${word}`), hasToolResult: true }, (request) => ({
        content: JSON.stringify(request.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)),
      }));
      model.on({ userMessage: /that you handed over/ }, (request) => ({ content: String(request.messages.at(-1)?.content) }));
      const { taskId } = await give(caller, `Ask about ${word}.`, { assigneeId: from });
      await works();
      const parent = await see(caller, taskId);
      expect(parent).toMatchObject({ state: 'waiting', waitsFor: 'tasks' });
      await works();
      const [child] = parent.children;
      expect(await see(caller, child?.taskId ?? '')).toMatchObject({ state: 'done' });
      await works();
      return see(caller, taskId);
    };

    const up = await tryThrough(low.agentId, high.agentId, 'money');
    const down = await tryThrough(high.agentId, low.agentId, 'sums');
    const level = await tryThrough(high.agentId, house.conciergeId, 'prices');

    expect(up).toMatchObject({ state: 'done', output: expect.stringContaining('core.unknown_action') });
    expect(down).toMatchObject({ state: 'done', output: expect.stringContaining('core.unknown_action') });
    expect(level).toMatchObject({ state: 'done', output: expect.stringContaining('dailyMicroUsd') });
  });
});

test('a task whose house is killed in the middle of it is ended by the next, and nothing is done twice', {
  timeout: 300_000,
}, async () => {
  const { model, env } = await scriptedModel();
  const content = 'The sleeve is drawn, and so on. '.repeat(30).trim();
  const start = { name: 'workforce_start_conversation', arguments: JSON.stringify({ title: 'Sleeve' }) };
  model.on({ userMessage: /Start a conversation/, hasToolResult: false }, { toolCalls: [start] });
  const speaks = Promise.withResolvers<void>();
  model.on(
    { userMessage: /Start a conversation/, hasToolResult: true },
    () => {
      speaks.resolve();
      return { content };
    },
    { chunkSize: 8, latency: 40 },
  );
  const place = await newPlace({ env: { TROUPE_MODEL: env.TROUPE_MODEL ?? '', TROUPE_MODEL_URL: env.TROUPE_MODEL_URL ?? '' } });
  const first = await startServer(place);
  const act = async (server: typeof first, action: string, input: object) =>
    (await callRest(server, server.token, action, input)).body as never as Task & { items: { agentId: string; title: string }[] };
  await act(first, 'workforce.set-model-price', SCRIPTED_PRICE);
  const { items: agents } = await act(first, 'workforce.list-agents', {});
  const task = { title: 'Start', brief: 'Start a conversation.', assigneeId: agents[0]?.agentId };
  const { taskId } = await act(first, 'workforce.create-task', task);

  await speaks.promise;
  await first.kill9();
  const second = await startServer(place);

  const done = await vi.waitUntil(
    async () => {
      const found = await act(second, 'workforce.get-task', { taskId });
      return found.state !== 'running' && found;
    },
    { timeout: 120_000, interval: 200 },
  );
  expect(done).toMatchObject({ state: 'done', output: content, attempts: 0 });
  const { items } = await act(second, 'workforce.list-conversations', {});
  expect(items.map(({ title }) => title).sort()).toEqual(['Sleeve', 'Start']);
  expect(await second.stop()).toMatchObject({ code: 0 });
});

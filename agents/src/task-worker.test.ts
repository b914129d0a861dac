import { type Caller, service } from '@troupe-os/core/surface';
import { asOwner } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startAgentHouse } from '../testing/house.ts';
import { lettersPlugin } from '../testing/letters.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { createRunner } from './runner.ts';
import { createTaskWorker } from './task-worker.ts';

const house = await startAgentHouse([lettersPlugin]);
const { model, env } = await scriptedModel();
const itself: Caller = { principal: service('workforce'), tainted: false };

interface Task {
  readonly taskId: string;
  readonly state: string;
  readonly output?: string;
  readonly error?: string;
  readonly attempts: number;
  readonly nextTryAt: string;
  readonly costMicroUsd: string;
  readonly conversationId: string;
  readonly children: readonly { readonly state: string }[];
}

function process() {
  const runner = createRunner({ kernel: house.kernel, env });
  return { runner, ...createTaskWorker({ kernel: house.kernel, runner, env, model: 'custom/scripted' }) };
}
const first = process();

/** As long as something is due. */
async function works(by = first): Promise<void> {
  await by.look();
  await by.settled();
}

async function give(caller: Caller, brief: string, more: object = {}): Promise<string> {
  const task = { title: 'A task', brief, assigneeId: house.conciergeId, ...more };
  return (await house.does<{ taskId: string }>(caller, 'workforce.create-task', task)).taskId;
}
const see = (caller: Caller, taskId: string) => house.does<Task>(caller, 'workforce.get-task', { taskId });
const said = (caller: Caller, conversationId: string) =>
  house.does<{ conversation: { tainted: boolean }; messages: { author: string; text: string; tool?: { error?: string } }[] }>(
    caller,
    'workforce.get-conversation',
    { conversationId },
  );
const asksFor = (brief: RegExp, name: string, input: object) =>
  model.on({ userMessage: brief, hasToolResult: false }, { toolCalls: [{ name, arguments: JSON.stringify(input) }] });

test('an agent does its task in a conversation of its own, with the rights of its person, and its last words are what came of it', async () => {
  const ann = (await house.person('viewer')).caller;
  asksFor(/Count the agents/, 'workforce_list_agents', {});
  model.on({ userMessage: /Count the agents/, hasToolResult: true }, { content: 'There is one agent.' });
  const taskId = await give(ann, 'Count the agents.');

  await works();

  const done = await see(ann, taskId);
  const { messages } = await said(ann, done.conversationId);
  expect(done).toMatchObject({ state: 'done', output: 'There is one agent.', attempts: 0 });
  expect(messages.map(({ author }) => author)).toEqual(['person', 'agent', 'tool']);
  expect(messages[0]?.text).toContain('Count the agents.');
});

test('an agent that is kept to a list does its task, and says what came of it', async () => {
  const ann = (await house.person('viewer')).caller;
  const about = { name: 'Clerk', role: 'Files', description: '', instructions: '', departments: ['Office'] };
  const kept = { ...about, roles: [{ role: 'viewer' }], actions: ['workforce.list-budgets'] };
  const { agentId } = await house.does<{ agentId: string }>(house.operator, 'workforce.create-agent', kept);
  model.on({ userMessage: /File it/, hasToolResult: false }, (request) => {
    const [, taskId] = /Task ([0-9a-f-]{36})/.exec(JSON.stringify(request.messages)) ?? [];
    const input = { taskId, output: 'It is filed.' };
    return { toolCalls: [{ name: 'workforce_finish_task', arguments: JSON.stringify(input) }] };
  });
  model.on({ userMessage: /File it/, hasToolResult: true }, { content: 'So it is.' });
  const taskId = await give(ann, 'File it.', { assigneeId: agentId });

  await works();

  expect(await see(ann, taskId)).toMatchObject({ state: 'done', output: 'It is filed.' });
});

test('of several tasks those of a higher priority are begun first, and of these the one that is due first', async () => {
  const ann = (await house.person('viewer')).caller;
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  await give(ann, 'In the order: fourth', { priority: 5 });
  await give(ann, 'In the order: third');
  await give(ann, 'In the order: second', { dueAt: inDays(2) });
  await give(ann, 'In the order: first', { dueAt: inDays(1) });
  const claimed: string[] = [];
  for (let at = 0; at < 4; at += 1) {
    const { task } = await house.does<{ task: { taskId: string } }>(itself, 'workforce.claim-task', { runner: first.runner.id });
    const { brief } = await house.does<{ brief: string }>(ann, 'workforce.get-task', { taskId: task.taskId });
    claimed.push(brief.replace('In the order: ', ''));
    await house.does(ann, 'workforce.cancel-task', { taskId: task.taskId });
  }

  expect(claimed).toEqual(['first', 'second', 'third', 'fourth']);
});

test('whoever has less under way comes first, however urgent others say that theirs is', async () => {
  const [ann, bob] = [(await house.person('viewer')).caller, (await house.person('viewer')).caller];
  const given = [];
  for (const caller of [ann, ann, bob, bob]) given.push(await give(caller, 'Share.', { priority: caller === ann ? 1 : 5 }));
  const claimed: string[] = [];
  for (let at = 0; at < 4; at += 1) {
    const { task } = await house.does<{ task: { taskId: string } }>(itself, 'workforce.claim-task', { runner: first.runner.id });
    claimed.push(given.indexOf(task.taskId) < 2 ? 'ann' : 'bob');
  }
  for (const [at, caller] of [ann, ann, bob, bob].entries())
    await house.does(caller, 'workforce.cancel-task', { taskId: given[at] });

  expect(claimed).toEqual(['ann', 'bob', 'ann', 'bob']);
});

test('two processes that look at once begin a task once', async () => {
  const ann = (await house.person('viewer')).caller;
  const second = process();
  model.on({ userMessage: /Race for it/ }, { content: 'Once.' });
  const ids = await Promise.all(Array.from({ length: 6 }, () => give(ann, 'Race for it.')));
  const before = model.getRequests().length;

  await Promise.all([first.look(), second.look()]);
  await Promise.all([first.settled(), second.settled()]);
  await Promise.all([works(first), works(second)]);

  expect(model.getRequests().length - before).toBe(6);
  for (const taskId of ids) expect(await see(ann, taskId)).toMatchObject({ state: 'done', output: 'Once.', attempts: 0 });
});

test('what one attempt has done the next one does not do again, and is told of', async () => {
  const ann = (await house.person('viewer')).caller;
  const note = { title: 'Pay it', brief: 'Pay the printer.', assigneeId: ann.principal.id };
  const hands = { toolCalls: [{ name: 'workforce_create_task', arguments: JSON.stringify(note) }] };
  const content = 'This is long enough to be sent in many pieces before the line breaks.';
  model.on({ userMessage: /Have it paid/, hasToolResult: false }, hands);
  model.on(
    { userMessage: /Have it paid/, hasToolResult: true },
    { content },
    { chunkSize: 5, latency: 5, truncateAfterChunks: 4 },
  );
  model.on({ userMessage: /You have done these: workforce.create-task\./, hasToolResult: false }, hands);
  model.on({ userMessage: /You have done these/, hasToolResult: true }, { content: 'It is handed on.' });
  const taskId = await give(ann, 'Have it paid.');

  await works();
  expect(await see(ann, taskId)).toMatchObject({ state: 'open', attempts: 1 });
  house.advance(31_000);
  await works();

  const done = await see(ann, taskId);
  expect(done).toMatchObject({ state: 'done', output: 'It is handed on.', children: [{ state: 'open' }] });
  const { messages } = await said(ann, done.conversationId);
  expect(messages.filter(({ author }) => author === 'tool')).toHaveLength(2); // the second was answered what the first was
});

test('an attempt that was cut off is made again after a while, and goes on where it was', async () => {
  const ann = (await house.person('viewer')).caller;
  const content = 'This is long enough to be sent in many pieces before the line breaks.';
  model.on({ userMessage: /Tell it twice/ }, { content }, { chunkSize: 5, latency: 5, truncateAfterChunks: 4 });
  model.on({ userMessage: /That attempt ended/ }, { content: 'Now it is told.' });
  const taskId = await give(ann, 'Tell it twice.');

  await works();
  const failed = await see(ann, taskId);
  await works();
  expect(failed).toMatchObject({ state: 'open', attempts: 1 });
  expect(failed.error).toMatch(/^agents\./);
  expect(await see(ann, taskId)).toMatchObject({ state: 'open', attempts: 1 }); // not before its time
  house.advance(31_000);
  await works();

  expect(await see(ann, taskId)).toMatchObject({ state: 'done', output: 'Now it is told.', attempts: 1 });
});

test('what fails as often as was asked for has failed, and is tried again when somebody says so', async () => {
  const ann = (await house.person('viewer')).caller;
  const cut = { chunkSize: 2, latency: 5, truncateAfterChunks: 2 };
  model.on({ userMessage: /Break twice/ }, { content: 'It breaks here.' }, cut);
  const taskId = await give(ann, 'Break twice.', { mostAttempts: 1 });
  await works();
  expect(await see(ann, taskId)).toMatchObject({ state: 'failed', attempts: 1 });

  model.on({ userMessage: /asked to try again/ }, { content: 'It holds.' });
  await house.does(ann, 'workforce.retry-task', { taskId });
  await works();

  expect(await see(ann, taskId)).toMatchObject({ state: 'done', output: 'It holds.', attempts: 0 });
});

test('whoever lost the right to have it done has it done no more', async () => {
  const { caller: ann } = await house.person('viewer');
  const taskId = await give(ann, 'Too late.');
  await house.does(house.operator, 'identity.revoke-role', { personId: ann.principal.id, role: 'viewer' });

  await works();

  expect(await see(house.operator, taskId)).toMatchObject({ state: 'failed', error: 'workforce.rights_lost' });
});

test('a task waits for those that it depends on, and fails where one of them does', async () => {
  const ann = (await house.person('viewer')).caller;
  model.on({ userMessage: /Come second/ }, { content: 'Second.' });
  const own = await give(ann, 'Yours to do.', { assigneeId: ann.principal.id });
  const other = await give(ann, 'Yours to do too.', { assigneeId: ann.principal.id });
  const after = await give(ann, 'Come second.', { dependsOn: [own] });
  const never = await give(ann, 'Come second, or never.', { dependsOn: [own, other] });
  const last = await give(ann, 'Come last.', { dependsOn: [never] });
  await works();
  expect(await see(ann, after)).toMatchObject({ state: 'waiting', waitsFor: 'tasks' });

  await house.does(ann, 'workforce.finish-task', { taskId: own, output: 'Here it is.' });
  await house.does(ann, 'workforce.cancel-task', { taskId: other });
  await works();
  await works();

  expect(await see(ann, own)).toMatchObject({ state: 'done', output: 'Here it is.' });
  expect(await see(ann, after)).toMatchObject({ state: 'done', output: 'Second.' });
  expect(await see(ann, never)).toMatchObject({ state: 'failed', error: 'workforce.dependency_failed' });
  expect(await see(ann, last)).toMatchObject({ state: 'failed', error: 'workforce.dependency_failed' });
});

test('a budget that is used up costs no attempt: the task waits for the next day', async () => {
  const ann = (await house.person('viewer')).caller;
  const DEAR = { model: 'custom/scripted', inputMicroUsd: '1000000', outputMicroUsd: '1000000' };
  await house.does(house.operator, 'workforce.set-model-price', DEAR);
  await house.does(house.operator, 'workforce.set-budget', { kind: 'person', actorId: ann.principal.id, dailyMicroUsd: '1' });
  model.on({ userMessage: /used up|Spend something/ }, { content: 'Spent.' });
  const taskId = await give(ann, 'Spend something.');

  await works();
  const waiting = await see(ann, taskId);
  await works();
  expect(waiting).toMatchObject({ state: 'waiting', waitsFor: 'budget', attempts: 0, error: 'workforce.budget_reached' });
  expect(Date.parse(waiting.nextTryAt) % 86_400_000).toBe(0);
  expect(Date.parse(waiting.nextTryAt)).toBeGreaterThan(Number(house.now()));

  await house.does(house.operator, 'workforce.remove-budget', { kind: 'person', actorId: ann.principal.id });
  expect(await see(ann, taskId)).toMatchObject({ state: 'waiting' });
  house.advance(86_400_000);
  await works();

  const done = await see(ann, taskId);
  expect(done).toMatchObject({ state: 'done', output: 'Spent.' });
  expect(Number(done.costMicroUsd)).toBeGreaterThan(0);
  await house.does(house.operator, 'workforce.set-model-price', { ...DEAR, inputMicroUsd: '0', outputMicroUsd: '0' });
});

test('an agent says itself that a task cannot be done', async () => {
  const ann = (await house.person('viewer')).caller;
  model.on({ userMessage: /Fly to the moon/, hasToolResult: false }, (request) => {
    const [, taskId] = /Task ([0-9a-f-]{36})/.exec(JSON.stringify(request.messages)) ?? [];
    const input = { taskId, outcome: 'failed', output: 'Nobody here has wings.' };
    return { toolCalls: [{ name: 'workforce_finish_task', arguments: JSON.stringify(input) }] };
  });
  model.on({ userMessage: /Fly to the moon/, hasToolResult: true }, { content: 'I said so.' });
  const taskId = await give(ann, 'Fly to the moon.');

  await works();

  expect(await see(ann, taskId)).toMatchObject({
    state: 'failed',
    error: 'workforce.given_up',
    output: 'Nobody here has wings.',
  });
});

test('a task that is cancelled while its agent works on it ends at the next step', async () => {
  const ann = (await house.person('viewer')).caller;
  let taskId = '';
  model.on({ userMessage: /Stop halfway/, hasToolResult: false }, async () => {
    await house.does(ann, 'workforce.cancel-task', { taskId });
    return { toolCalls: [{ name: 'workforce_list_agents', arguments: '{}' }] };
  });
  taskId = await give(ann, 'Stop halfway.');

  await works();

  const cancelled = await see(ann, taskId);
  expect(cancelled).toMatchObject({ state: 'cancelled' });
  const { messages } = await said(ann, cancelled.conversationId);
  expect(messages.find(({ author }) => author === 'agent')).toMatchObject({ status: 'failed' });
});

test('words from outside taint the task, and whoever reads what came of it', async () => {
  const ann = (await house.person('viewer')).caller;
  asksFor(/Read the post/, 'letters_read_letter', {});
  model.on({ userMessage: /Read the post/, hasToolResult: true }, { content: 'They want all we have.' });
  const taskId = await give(ann, 'Read the post.');
  const clean = await give(ann, 'Race for it.');
  await works();

  const principal = { id: house.conciergeId, kind: 'agent', name: 'Concierge', credential: 'conversation:test' } as const;
  const agent: Caller = { principal, onBehalfOf: ann.principal, tainted: false };
  expect(await see(ann, taskId)).toMatchObject({ state: 'done', tainted: true });
  expect((await house.call(agent, 'workforce.get-task', { taskId })).taints).toBe(true);
  expect((await house.call(agent, 'workforce.get-task', { taskId: clean })).taints).toBe(false);

  // what a tainted agent gives is tainted from the beginning
  asksFor(/Send a letter on/, 'letters_send_letter', { text: 'All of it.' });
  model.on({ userMessage: /Send a letter on/, hasToolResult: true }, { content: 'It has to wait.' });
  const next = await give({ ...agent, tainted: true }, 'Send a letter on.');
  await works();
  const passed = await see(ann, next);
  const { messages } = await said(ann, passed.conversationId);
  expect(messages.find(({ author }) => author === 'tool')?.tool?.error).toBe('core.approval_unavailable');
});

test('a task whose process ended before it began is begun by another', async () => {
  const ann = (await house.person('viewer')).caller;
  model.on({ userMessage: /Nobody is there|That attempt ended/ }, { content: 'Here I am.' });
  const taskId = await give(ann, 'Nobody is there.');
  const gone = crypto.randomUUID();
  await house.does(itself, 'workforce.claim-task', { runner: gone });

  await works();
  expect(await see(ann, taskId)).toMatchObject({ state: 'open', attempts: 1, error: 'agents.cut_off' });
  const late = { taskId, runner: gone, error: 'agents.cut_off', isPassing: true };
  await expect(house.does(itself, 'workforce.keep-attempt', late)).rejects.toMatchObject({ code: 'workforce.task_elsewhere' });
  house.advance(31_000);
  await works();

  expect(await see(ann, taskId)).toMatchObject({ state: 'done' });
});

test('a schedule whose time zone is known no more stops no other', async () => {
  const ann = (await house.person('editor')).caller;
  const look = { brief: 'Look at the clock.', agentId: house.conciergeId, cron: '0 * * * *' };
  const make = (title: string) => house.does<{ scheduleId: string }>(ann, 'workforce.create-schedule', { ...look, title });
  const bad = await make('Bad');
  await make('Good');
  await asOwner(house.database, sql`alter table workforce.schedules disable trigger user`); // no call could make it so
  const unknown = sql`update workforce.schedules set time_zone = 'Mars/Olympus', next_due_at = next_due_at - interval '1 minute' where id = ${bad.scheduleId}`;
  await asOwner(house.database, unknown);
  await asOwner(house.database, sql`alter table workforce.schedules enable trigger user`);
  model.on({ userMessage: /Look at the clock/ }, { content: 'It is late.' });
  house.advance(3_600_000);

  await works();
  await house.does(house.operator, 'workforce.remove-schedule', { scheduleId: bad.scheduleId });

  const { items } = await house.does<{ items: { title: string; state: string }[] }>(ann, 'workforce.list-tasks', {});
  expect(items).toMatchObject([{ title: 'Good', state: 'done' }]);
});

test('schedules that set each other off by what their tasks do stop after a while', async () => {
  const admin = (await house.person('admin')).caller;
  const make = (title: string) =>
    house.does<{ scheduleId: string }>(admin, 'workforce.create-schedule', {
      ...{ title, brief: 'Answer the letters.', agentId: house.conciergeId, event: 'letters.letter-sent' },
    });
  const made = [await make('One'), await make('Other')];
  asksFor(/Answer the letters/, 'letters_send_letter', { text: 'Thank you.' });
  model.on({ userMessage: /Answer the letters/, hasToolResult: true }, { content: 'All are answered.' });
  const tasks = async () => {
    const lists = made.map(({ scheduleId }) =>
      house.does<{ items: Task[] }>(admin, 'workforce.list-tasks', { whose: 'everybody', scheduleId, limit: 100 }),
    );
    return (await Promise.all(lists)).flatMap(({ items }) => items);
  };

  await house.does(admin, 'letters.send-letter', { text: 'Hello.' });
  await house.settle();
  expect(await tasks()).toHaveLength(2);
  for (let rounds = 0; rounds < 6; rounds += 1) {
    await works();
    await house.settle();
  }

  // each of the two is set off by the tasks of the other one: the letter of a person, and three more after it
  const all = await tasks();
  expect(all).toHaveLength(8);
  expect(all.every(({ state }) => state === 'done')).toBe(true);
  for (const { scheduleId } of made) await house.does(admin, 'workforce.remove-schedule', { scheduleId });
});

test('an agent without a model does nothing by itself', async () => {
  const ann = (await house.person('viewer')).caller;
  const runner = createRunner({ kernel: house.kernel, env });
  const without = createTaskWorker({ kernel: house.kernel, runner, env, model: undefined });
  const taskId = await give(ann, 'Think.');
  await without.look();
  await without.settled();

  expect(await see(ann, taskId)).toMatchObject({ state: 'failed', error: 'agents.no_model' });
});

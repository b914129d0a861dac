import { type Caller, service } from '@troupe-os/core/surface';
import { asOwner, startTestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { cancelTask } from './actions/cancel-task.ts';
import { claimTask } from './actions/claim-task.ts';
import { createAgent } from './actions/create-agent.ts';
import { createTask } from './actions/create-task.ts';
import { finishTask } from './actions/finish-task.ts';
import { getTask } from './actions/get-task.ts';
import { handOverTask } from './actions/hand-over-task.ts';
import { listConversations } from './actions/list-conversations.ts';
import { listTasks } from './actions/list-tasks.ts';
import { retryTask } from './actions/retry-task.ts';
import { updateAgent } from './actions/update-agent.ts';
import { updateTask } from './actions/update-task.ts';
import { workforcePlugin } from './index.ts';

const { kernel, run, call, as, database } = await startTestKernel([identityPlugin, workforcePlugin], { workers: false });
await kernel.seed({ rehearsal: false });
const itself: Caller = { principal: service('workforce'), tainted: false };
const admin = as({ id: crypto.randomUUID(), roles: ['admin'] });
/** Whom identity knows too, so that others may give them tasks. */
async function knownPerson(role: 'admin' | 'viewer') {
  const { output } = await call(admin, 'identity.create-person', { name: 'Bob', email: `${crypto.randomUUID()}@people.test` });
  return as({ id: (output as { personId: string }).personId, roles: [role] });
}
const newPerson = () => as({ id: crypto.randomUUID(), roles: ['viewer'] });
const newAgent = async (name: string) => {
  const about = { role: 'Helps', description: '', instructions: '', departments: ['Office'] };
  const { agentId } = await run(admin, createAgent, { name, ...about, roles: [{ role: 'viewer' }] });
  as({ id: agentId, kind: 'agent', roles: ['viewer'] }); // `as` is the directory here
  return agentId;
};
const helper = await newAgent('Helper');
const code = (error: string) => ({ code: error });
const toDo = (assigneeId: string, more: object = {}) => ({ title: 'Sleeves', brief: 'Count the sleeves.', assigneeId, ...more });

/** The agent at a task that it has just taken up. */
async function atWork(person: Caller, agentId = helper) {
  const { taskId } = await run(person, createTask, toDo(agentId, { priority: 1 }));
  const { task } = await run(itself, claimTask, { runner: crypto.randomUUID() });
  expect(task?.taskId).toBe(taskId);
  const principal = { id: agentId, kind: 'agent', name: 'Helper', credential: `task:${taskId}` } as const;
  const worker: Caller = { principal, onBehalfOf: person.principal, tainted: false };
  return { taskId, worker };
}

test('whoever gave a task, has it to do or has it done in their name sees it, and nobody else but who may see all', async () => {
  const [ann, ben] = [newPerson(), newPerson()];
  const { taskId } = await run(ann, createTask, toDo(helper));

  expect(await run(ann, getTask, { taskId })).toMatchObject({ state: 'open', assigneeKind: 'agent', personId: ann.principal.id });
  expect((await run(ann, listTasks, {})).items.map((one) => one.taskId)).toEqual([taskId]);
  expect((await run(ben, listTasks, {})).items).toEqual([]);
  await expect(run(ben, getTask, { taskId })).rejects.toMatchObject(code('workforce.unknown_task'));
  await expect(run(ben, cancelTask, { taskId })).rejects.toMatchObject(code('workforce.unknown_task'));
  await expect(run(ben, listTasks, { whose: 'everybody' })).rejects.toMatchObject(code('workforce.others_hidden'));
  expect((await run(admin, listTasks, { whose: 'everybody', assigneeId: helper })).items.map((one) => one.taskId)).toContain(
    taskId,
  );
  await run(admin, cancelTask, { taskId });
  await expect(run(ann, cancelTask, { taskId })).rejects.toMatchObject(code('workforce.task_over'));
});

test('a task is given to somebody who is there, and waits for tasks that one may see', async () => {
  const [ann, ben] = [newPerson(), newPerson()];
  const { taskId: bens } = await run(ben, createTask, toDo(helper));
  const paused = await newAgent('Sleeper');
  await run(admin, updateAgent, { agentId: paused, state: 'paused' });

  const refused = (input: ReturnType<typeof toDo>) => expect(run(ann, createTask, input)).rejects;
  await refused(toDo(crypto.randomUUID())).toMatchObject(code('workforce.unknown_assignee'));
  await refused(toDo('nobody')).toMatchObject(code('workforce.unknown_assignee'));
  await refused(toDo(paused)).toMatchObject(code('workforce.agent_paused'));
  await refused(toDo(helper, { dependsOn: [bens] })).toMatchObject(code('workforce.unknown_task'));
  await refused(toDo(helper, { brief: ' ' })).toMatchObject(code('core.invalid_input'));
  await refused(toDo(helper, { priority: 6 })).toMatchObject(code('core.invalid_input'));
  expect((await run(ann, listTasks, {})).items).toEqual([]);
  await run(ben, cancelTask, { taskId: bens });
});

test('no way round makes a task wait for itself: the database takes dependencies on earlier tasks alone', async () => {
  const ann = newPerson();
  const { taskId: first } = await run(ann, createTask, toDo(ann.principal.id));
  const { taskId: second } = await run(ann, createTask, toDo(ann.principal.id, { dependsOn: [first] }));
  const back = (from: string, to: string) =>
    asOwner(
      database,
      sql`insert into workforce.task_dependencies (task_id, depends_on_id, person_id) values (${from}, ${to}, 'ann')`,
    );

  await expect(back(first, second)).rejects.toThrow();
  await expect(back(first, first)).rejects.toThrow();
  expect(await run(ann, getTask, { taskId: second })).toMatchObject({
    state: 'waiting',
    dependsOn: [{ taskId: first, state: 'open' }],
  });
});

test('only whoever does a task says what came of it: a person of theirs, an agent of that at which it works', async () => {
  const [ann, ben] = [newPerson(), newPerson()];
  const { taskId: own } = await run(ann, createTask, toDo(ann.principal.id));
  const { taskId, worker } = await atWork(ann);
  const said = { output: 'Twelve.' };

  await expect(run(ben, finishTask, { taskId: own, ...said })).rejects.toMatchObject(code('workforce.unknown_task'));
  await expect(run(ann, finishTask, { taskId, ...said })).rejects.toMatchObject(code('workforce.not_the_assignee'));
  expect(await run(worker, finishTask, { taskId, ...said })).toMatchObject({ state: 'running' }); // its run ends it
  expect((await run(ann, listConversations, {})).items).toHaveLength(1);
  expect((await run(ann, listConversations, { withTasks: false })).items).toEqual([]);
  expect(await run(ann, finishTask, { taskId: own, ...said })).toMatchObject({ state: 'done' });
  await expect(run(ann, finishTask, { taskId: own, ...said })).rejects.toMatchObject(code('workforce.task_over'));
  await expect(run(ann, retryTask, { taskId: own })).rejects.toMatchObject(code('workforce.task_over'));
});

test('a task goes to somebody else unless it is being worked on; what is to be done stays', async () => {
  const ann = newPerson();
  const other = await newAgent('Other');
  const { taskId } = await atWork(ann);
  await expect(run(ann, updateTask, { taskId, assigneeId: other })).rejects.toMatchObject(code('workforce.task_running'));
  await expect(run(ann, retryTask, { taskId })).rejects.toMatchObject(code('workforce.task_not_failed'));
  await run(ann, cancelTask, { taskId });

  const { taskId: open } = await run(ann, createTask, toDo(helper));
  expect(await run(ann, updateTask, { taskId: open, assigneeId: other, priority: 5 })).toMatchObject({
    ...{ assigneeId: other, priority: 5, state: 'open', brief: 'Count the sleeves.' },
  });
  const update = sql`update workforce.tasks set brief = 'Burn the sleeves.' where id = ${open}`;
  await expect(asOwner(database, update)).rejects.toThrow();
  await run(ann, cancelTask, { taskId: open });
});

test('agents hand tasks over three times at most, and only that at which they work; cancelled is all of it', async () => {
  const ann = newPerson();
  const { taskId, worker } = await atWork(ann);
  const part = { agentId: helper, title: 'A part', brief: 'Do it.' };
  await expect(run(ann, handOverTask, { taskId, ...part })).rejects.toMatchObject(code('workforce.not_the_assignee'));
  const elsewhere = { taskId: crypto.randomUUID(), ...part };
  await expect(run(worker, handOverTask, elsewhere)).rejects.toMatchObject(code('workforce.not_the_assignee'));

  let last = { taskId, worker };
  const handed: string[] = [];
  for (let depth = 1; depth <= 3; depth += 1) {
    const child = await run(last.worker, handOverTask, { taskId: last.taskId, ...part });
    handed.push(child.taskId);
    await run(itself, claimTask, { runner: crypto.randomUUID() });
    const principal = { ...worker.principal, credential: `task:${child.taskId}` };
    last = { taskId: child.taskId, worker: { ...worker, principal } };
  }
  const again = { taskId: last.taskId, ...part };
  await expect(run(last.worker, handOverTask, again)).rejects.toMatchObject(code('workforce.too_deep'));
  await expect(run(last.worker, createTask, toDo(helper))).rejects.toMatchObject(code('workforce.too_deep'));

  await run(ann, cancelTask, { taskId });
  for (const child of handed) expect(await run(ann, getTask, { taskId: child })).toMatchObject({ state: 'cancelled' });
});

test('what an app gives in the name of its person is not believed', async () => {
  const ann = newPerson();
  const byApp: Caller = { ...ann, principal: { ...ann.principal, credential: 'app:some-app' } };
  const { taskId } = await run(byApp, createTask, toDo(ann.principal.id));
  expect(await run(ann, getTask, { taskId })).toMatchObject({ tainted: true });
});

test('whoever was given a task by somebody else starts no agent with the rights of that one', async () => {
  const [ann, bob] = [newPerson(), await knownPerson('viewer')];
  const { taskId } = await run(ann, createTask, toDo(bob.principal.id));

  const byBob = run(bob, updateTask, { taskId, assigneeId: helper });
  await expect(byBob).rejects.toMatchObject(code('workforce.not_your_task'));
  const byAdmin = run(admin, updateTask, { taskId, assigneeId: helper });
  await expect(byAdmin).rejects.toMatchObject(code('workforce.not_your_task'));
  expect(await run(ann, getTask, { taskId })).toMatchObject({ assigneeId: bob.principal.id, state: 'open' });
  expect(await run(ann, updateTask, { taskId, assigneeId: helper })).toMatchObject({ assigneeKind: 'agent' });
  await run(ann, cancelTask, { taskId });
});

test('nobody answers in the place of an agent that is waited for, and what others answer is not believed', async () => {
  const [ann, eve] = [newPerson(), await knownPerson('admin')];
  const { taskId, worker } = await atWork(ann);
  const child = await run(worker, handOverTask, { taskId, agentId: helper, title: 'A part', brief: 'Do it.' });
  const instead = run(eve, updateTask, { taskId: child.taskId, assigneeId: eve.principal.id });
  await expect(instead).rejects.toMatchObject(code('workforce.task_awaited'));
  await run(ann, cancelTask, { taskId });

  const given = await run(ann, createTask, toDo(eve.principal.id));
  await run(eve, finishTask, { taskId: given.taskId, output: 'Pay it now.' });
  expect(await run(ann, getTask, { taskId: given.taskId })).toMatchObject({ state: 'done', tainted: true });
});

test('an agent that has read words from outside gives tasks to its own person and to agents, and to nobody else', async () => {
  const [ann, bob] = [newPerson(), await knownPerson('viewer')];
  const principal = { id: helper, kind: 'agent', name: 'Helper', credential: 'conversation:one' } as const;
  const tainted: Caller = { principal, onBehalfOf: ann.principal, tainted: true };
  const { taskId } = await run(tainted, createTask, toDo(ann.principal.id));

  const given = run(tainted, createTask, toDo(bob.principal.id));
  await expect(given).rejects.toMatchObject(code('workforce.words_from_outside'));
  const passedOn = run(tainted, updateTask, { taskId, assigneeId: bob.principal.id });
  await expect(passedOn).rejects.toMatchObject(code('core.denied')); // no agent gives a task to somebody else
  expect(await run(ann, getTask, { taskId })).toMatchObject({ assigneeId: ann.principal.id, tainted: true });
  expect((await run(bob, listTasks, {})).items).toEqual([]);
});

import { asOwner, startTestKernel } from '@troupe-os/core/testing';
import { identityPlugin } from '@troupe-os/plugin-identity';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { createAgent } from './actions/create-agent.ts';
import { getAgent } from './actions/get-agent.ts';
import { listAgents } from './actions/list-agents.ts';
import { listBudgets } from './actions/list-budgets.ts';
import { startConversation } from './actions/start-conversation.ts';
import { updateAgent } from './actions/update-agent.ts';
import { workforcePlugin, workforceWith } from './index.ts';

/** What every agent that is kept to a list may do besides. */
const ALWAYS = [
  'workforce.finish-task',
  'workforce.get-agent',
  'workforce.get-conversation',
  'workforce.get-task',
  'workforce.search-memories',
];

const { kernel, run, call, as, database } = await startTestKernel([identityPlugin, workforcePlugin], { workers: false });
await kernel.seed({ rehearsal: false });
const admin = as({ id: crypto.randomUUID(), roles: ['admin'] });
const indexer = {
  name: 'Indexer',
  role: 'Keeps the catalogue in order',
  description: '',
  instructions: 'Fill gaps in titles and tags.',
  departments: ['Archive'],
};

test('an admin adds an agent, changes it, and pauses it', async () => {
  const { agentId } = await run(admin, createAgent, { ...indexer, model: 'ollama/llama3.2', roles: [{ role: 'editor' }] });
  await run(admin, updateAgent, { agentId, model: null, state: 'paused' });

  expect(await run(admin, getAgent, { agentId })).toMatchObject({
    name: 'Indexer',
    state: 'paused',
    instructions: 'Fill gaps in titles and tags.',
    responsibleId: admin.principal.id,
  });
  expect((await run(admin, getAgent, { agentId })).model).toBeUndefined();
  await expect(run(admin, startConversation, { agentId })).rejects.toMatchObject({ code: 'workforce.agent_paused' });
});

test('an agent has a name of its own, a department, and never more rights than whoever adds it', async () => {
  const editor = as({ id: crypto.randomUUID(), roles: ['editor'] });
  const code = (error: string) => ({ code: error });

  await expect(run(admin, createAgent, { ...indexer, name: 'concierge' })).rejects.toMatchObject(
    code('workforce.agent_name_taken'),
  );
  await expect(run(admin, createAgent, { ...indexer, departments: [] })).rejects.toMatchObject(code('core.invalid_input'));
  await expect(run(editor, createAgent, { ...indexer, name: 'Mine' })).rejects.toMatchObject(code('core.unknown_action'));
  await expect(
    call(admin, 'workforce.create-agent', { ...indexer, name: 'Boss', roles: [{ role: 'owner' }] }),
  ).rejects.toMatchObject(code('core.invalid_input'));
  await expect(run(admin, getAgent, { agentId: crypto.randomUUID() })).rejects.toMatchObject(code('workforce.unknown_agent'));
});

test('an agent is kept to actions from its first day, or from any other, and the record says who did it', async () => {
  const actions = ['workforce.list-agents'];
  const { agentId } = await run(admin, createAgent, { ...indexer, name: 'Clerk', roles: [{ role: 'editor' }], actions });
  const kept = [...ALWAYS, 'workforce.list-agents'].sort();
  expect(await run(admin, getAgent, { agentId })).toMatchObject({ actions: kept, roles: [{ role: 'editor' }] });

  await run(admin, updateAgent, { agentId, actions: ['workforce.list-budgets'] });
  expect((await run(admin, getAgent, { agentId })).actions).toEqual([...ALWAYS, 'workforce.list-budgets'].sort());
  const { callId } = await call(admin, 'workforce.update-agent', { agentId, actions: null });
  expect((await run(admin, getAgent, { agentId })).actions).toBeUndefined();
  const changed = await database.rows(
    sql`select table_name, before::json ->> 'actions' as before from core.changes where call_id = ${callId}`,
  );
  expect(changed).toContainEqual({ table_name: 'actors', before: `{${[...ALWAYS, 'workforce.list-budgets'].sort().join()}}` });
  await expect(run(admin, updateAgent, { agentId, actions: ['workforce.fly'] })).rejects.toMatchObject({
    code: 'workforce.no_such_action',
    details: { actions: ['workforce.fly'] },
  });
});

test('nobody keeps an agent to more than they could give it, and no app or agent to anything', async () => {
  const { agentId } = await run(admin, createAgent, { ...indexer, name: 'Teller', roles: [{ role: 'admin' }], actions: [] });
  const steward = as({ id: crypto.randomUUID(), roles: [{ role: 'steward', permissions: ['workforce.agent.manage'] }] });
  const agent = as({ id: agentId, kind: 'agent', roles: ['admin'] });
  const cut = as({ id: crypto.randomUUID(), roles: ['admin'], scopes: ['workforce.*'] });

  await expect(run(steward, updateAgent, { agentId, actions: null })).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
  await expect(run(agent, updateAgent, { agentId, actions: null })).rejects.toMatchObject({ code: 'core.denied' });
  await expect(run(cut, updateAgent, { agentId, actions: null })).rejects.toMatchObject({ code: 'core.scope_needed' });
  expect((await run(admin, getAgent, { agentId })).actions).toEqual(ALWAYS);
});

test('an agent begins with a budget of its own where whoever adds it sets budgets', async () => {
  const steward = as({ id: crypto.randomUUID(), roles: [{ role: 'steward', permissions: ['workforce.agent.manage'] }] });
  const { agentId } = await run(admin, createAgent, { ...indexer, name: 'Thrifty', dailyMicroUsd: '500000' });

  expect((await run(admin, listBudgets, {})).items).toContainEqual(
    expect.objectContaining({ actorId: agentId, dailyMicroUsd: '500000' }),
  );
  expect(await run(admin, getAgent, { agentId })).toMatchObject({ dailyMicroUsd: '500000' });
  expect(await run(as({ id: crypto.randomUUID(), roles: ['viewer'] }), getAgent, { agentId })).not.toHaveProperty(
    'dailyMicroUsd',
  );
  await expect(
    run(steward, createAgent, { ...indexer, name: 'Lavish', roles: [], dailyMicroUsd: '500000' }),
  ).rejects.toMatchObject({ code: 'workforce.budget_of_others' });
});

test('a house begins with its roster: each once, kept to what is installed, and never over what somebody has made of it', async () => {
  const clerk = {
    name: 'Clerk',
    role: 'Writes',
    description: '',
    instructions: 'Write.',
    departments: ['Desk'],
    roles: ['viewer'],
  } as const;
  const plugins = [
    identityPlugin,
    workforceWith([
      { ...clerk, actions: ['workforce.list-agents', 'attic.look'], dailyMicroUsd: 1_000_000n },
      { ...clerk, name: 'Attic Keeper', actions: ['attic.look'] },
      { ...clerk, name: 'Concierge' },
    ]),
  ];
  const first = await startTestKernel(plugins, { workers: false, directory: 'plugins' });
  expect(await first.kernel.seed({ rehearsal: false })).toEqual(
    expect.arrayContaining(['workforce.clerk', 'workforce.attic-keeper']),
  );
  expect(await first.kernel.seed({ rehearsal: false })).toEqual([]);

  const operator = {
    principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local' },
    tainted: false,
  } as const;
  const { items } = await first.run(operator, listAgents, {});
  expect(items.map(({ name }) => name)).toEqual(['Clerk', 'Concierge']);
  const [owner] = await first.database.rows<{ id: string }>(sql`select actor_id as id from identity.people`);
  expect(await first.run(operator, getAgent, { agentId: items[0]?.agentId ?? '' })).toMatchObject({
    ...{ responsibleId: owner?.id, dailyMicroUsd: '1000000', roles: [{ role: 'viewer' }] },
    actions: [...ALWAYS, 'workforce.list-agents'].sort(),
  });

  const [agentId, instructions] = [items[0]?.agentId ?? '', 'What an Admin has made of it.'];
  await first.run(operator, updateAgent, { agentId, instructions });
  await asOwner(first.database, sql`delete from core.seeds where plugin = 'workforce' and name = 'clerk'`);
  expect(await first.kernel.seed({ rehearsal: false })).toEqual(['workforce.clerk']);
  expect(await first.run(operator, getAgent, { agentId })).toMatchObject({ instructions });
  expect((await first.run(operator, listAgents, {})).items).toHaveLength(2);
});

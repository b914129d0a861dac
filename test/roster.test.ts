// Who works in the house from the beginning, and that nobody of them may do more than stands in agents/roster.
import { takesOrShowsSecrets } from '@troupe-os/agents';
import { definitions } from '@troupe-os/agents/roster';
import { ROLES } from '@troupe-os/core';
import type { Caller } from '@troupe-os/core/surface';
import { startTestKernel } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import installation from '../troupe.config.ts';
import { rightsMatrix } from './rights-matrix.ts';

const house = await startTestKernel(installation.plugins, { directory: 'plugins', workers: false });
await house.kernel.seed({ rehearsal: false });
const operator: Caller = {
  principal: { id: 'local-operator', kind: 'operator', name: 'Operator', credential: 'local' },
  tainted: false,
};
const ask = async <T>(action: string, input: object = {}) => (await house.call(operator, action, input)).output as T;
const { items: agents } = await ask<{ items: { agentId: string; name: string; departments: string[]; responsibleId: string }[] }>(
  'workforce.list-agents',
  { limit: 100 },
);
const ALWAYS = [
  'workforce.finish-task',
  'workforce.get-agent',
  'workforce.get-conversation',
  'workforce.get-task',
  'workforce.search-memories',
];
/** And every one of the roster with its colleagues. */
const WITH_COLLEAGUES = ['workforce.hand-over-task', 'workforce.list-agents', 'workforce.save-memory'];
const idOf = (name: string) => agents.find((agent) => agent.name === name)?.agentId ?? '';
const open = async (caller: Caller) => (await house.kernel.actionsFor(caller)).map(({ action }) => action.name);
const acting = (name: string): Caller => ({
  principal: { id: idOf(name), kind: 'agent', name, credential: 'conversation:test' },
  tainted: false,
});

test('a house begins with its roster, each answered for by the Owner, and the Concierge answers whoever names nobody', async () => {
  expect(agents.map(({ name }) => name)).toEqual(definitions.map(({ name }) => name));
  expect(agents.every(({ departments }) => departments.length > 0)).toBe(true);
  const { items: people } = await ask<{ items: { personId: string }[] }>('identity.list-people');
  expect(new Set(agents.map(({ responsibleId }) => responsibleId))).toEqual(new Set([people[0]?.personId]));
  expect((await ask<{ agentId: string }>('workforce.start-conversation')).agentId).toBe(idOf('Concierge'));
});

test.each(definitions)('$name may use what its definition names and nothing else, all of it open to agents', async (agent) => {
  expect(await open(acting(agent.name))).toEqual([...new Set([...agent.actions, ...ALWAYS, ...WITH_COLLEAGUES])].sort());
  expect(agent.actions.filter((name) => !rightsMatrix[name]?.agents)).toEqual([]);
  expect((await house.kernel.actionsFor(acting(agent.name))).filter(takesOrShowsSecrets)).toEqual([]);

  const [role] = agent.roles;
  const lower = ROLES[ROLES.indexOf(role ?? 'guest') + 1] ?? 'guest';
  const { agentId } = await ask<{ agentId: string }>('workforce.create-agent', {
    ...{ name: `${agent.name} below`, role: 'Less', description: '', instructions: '', departments: ['Desk'] },
    ...{ roles: [{ role: lower }], actions: agent.actions },
  });
  const below: Caller = { principal: { id: agentId, kind: 'agent', name: '', credential: 'test' }, tainted: false };
  const all = await open(acting(agent.name));
  expect((await open(below)).length, `as ${lower} it could do all of it`).toBeLessThan(all.length);
});

test('an agent is refused by name what is not its own, on record, and why can be asked', async () => {
  const { items: people } = await ask<{ items: { personId: string }[] }>('identity.list-people');
  const onBehalfOf = { id: people[0]?.personId ?? '', kind: 'user', name: 'Owner', credential: 'test' } as const;
  const indexer = { ...acting('Indexer'), onBehalfOf };
  await expect(house.call(indexer, 'assets.publish', { id: 'x' })).rejects.toMatchObject({ code: 'core.unknown_action' });

  const { items } = await ask<{ items: object[] }>('governance.search-audit', { actor: idOf('Indexer'), outcome: 'denied' });
  expect(items).toMatchObject([{ action: 'assets.publish', outcome: 'denied' }]);
  const question = { actorId: idOf('Indexer'), action: 'assets.publish' };
  expect(JSON.stringify(await ask('governance.explain-access', question))).toContain(
    'assets.publish is none of the actions that Indexer is kept to',
  );
});

test('what an Admin has made of an agent stays, however often the house starts', async () => {
  const agentId = idOf('Guard');
  await ask('workforce.update-agent', { agentId, instructions: 'Only look.', actions: ['governance.list-incidents'] });
  expect(await house.kernel.seed({ rehearsal: false })).toEqual([]);
  expect(await ask('workforce.get-agent', { agentId })).toMatchObject({
    instructions: 'Only look.',
    actions: ['governance.list-incidents', ...ALWAYS],
  });
  expect(await open(acting('Guard'))).toEqual(['governance.list-incidents', ...ALWAYS]);
});

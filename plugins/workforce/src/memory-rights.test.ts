// Who sees, saves and deletes which memory: every kind of person, alone and by every kind of agent, beside the rule said once more by hand.
import type { Caller } from '@troupe-os/core/surface';
import { expect, test } from 'vitest';
import { acting, type GivenRole, startPeopledHouse } from '../testing/house.ts';
import type { MemoryScope } from './contract.ts';

const house = await startPeopledHouse();
const { operator, does } = house;
await does(operator, 'identity.create-department', { departmentId: 'press', name: 'Press' });

const AGENTS = {
  /** Belongs to no department that identity knows. */
  desk: await house.agent('Desk', ['Front desk'], { role: 'editor' }),
  /** Belongs to Finance by its record. */
  clerk: await house.agent('Clerk', ['finance'], { role: 'editor' }),
  /** Belongs to Press by a role, and sees two brands alone. */
  herald: await house.agent(
    'Herald',
    ['Office'],
    { role: 'editor', brandId: 'gallery' },
    { role: 'editor', brandId: 'vault' },
    { role: 'editor', departmentId: 'press' },
  ),
};
type AgentName = keyof typeof AGENTS;
const agentNames = Object.keys(AGENTS) as AgentName[];

const PEOPLE: Readonly<Record<string, { roles: readonly GivenRole[]; talksWith: readonly AgentName[] }>> = {
  viewer: { roles: [{ role: 'viewer' }], talksWith: ['desk'] },
  editor: { roles: [{ role: 'editor' }], talksWith: ['clerk', 'herald'] },
  admin: { roles: [{ role: 'admin' }], talksWith: [] },
  gallerist: { roles: [{ role: 'editor', brandId: 'gallery' }], talksWith: ['herald'] },
  treasurer: { roles: [{ role: 'viewer' }, { role: 'admin', departmentId: 'finance' }], talksWith: ['clerk'] },
  reporter: {
    roles: [
      { role: 'viewer', brandId: 'vault' },
      { role: 'viewer', departmentId: 'press' },
    ],
    talksWith: ['desk'],
  },
  writer: { roles: [{ role: 'editor' }, { role: 'editor', departmentId: 'press' }], talksWith: ['desk', 'herald'] },
};
const personNames = Object.keys(PEOPLE);
const people = new Map<string, { personId: string; caller: Caller }>();
for (const [name, { roles, talksWith }] of Object.entries(PEOPLE)) {
  const person = await house.person(...roles);
  people.set(name, person);
  for (const agent of talksWith) await does(person.caller, 'workforce.start-conversation', { agentId: AGENTS[agent] });
}
const personOf = (name: string) => people.get(name) ?? { personId: '', caller: operator };

interface Kept {
  readonly scope: MemoryScope;
  /** Of a person and of an agent the name here. */
  readonly of: string;
}
const ALL: readonly Kept[] = [
  ...personNames.map((of) => ({ scope: 'person' as const, of })),
  ...agentNames.map((of) => ({ scope: 'agent' as const, of })),
  ...['finance', 'press'].map((of) => ({ scope: 'department' as const, of })),
  ...['gallery', 'vault', 'zig-zag'].map((of) => ({ scope: 'brand' as const, of })),
  { scope: 'company', of: 'company' },
];
const scopeIdOf = ({ scope, of }: Kept) => (scope === 'agent' ? AGENTS[of as AgentName] : of);
const inputOf = (kept: Kept, text: string) => ({
  text,
  scope: kept.scope,
  ...(kept.scope === 'person' || kept.scope === 'company' ? {} : { scopeId: scopeIdOf(kept) }),
});
const nameOf = ({ scope, of }: Kept) => `${scope} ${of}`;

// ---- the rule, by hand
const COMPANY_WIDE = new Set(['viewer', 'editor', 'admin', 'treasurer', 'writer']);
const BRANDS: Readonly<Record<string, readonly string[]>> = { gallerist: ['gallery'], reporter: ['vault'] };
const DEPARTMENTS: Readonly<Record<string, readonly string[]>> = {
  admin: ['finance', 'press'],
  treasurer: ['finance'],
  reporter: ['press'],
  writer: ['press'],
};
const AGENT_DEPARTMENTS: Readonly<Record<AgentName, readonly string[]>> = { desk: [], clerk: ['finance'], herald: ['press'] };
const EDITORS = new Set(['editor', 'admin', 'writer']);

function sees(person: string, agent: AgentName | undefined, { scope, of }: Kept): boolean {
  switch (scope) {
    case 'person':
      return of === person;
    case 'agent':
      return agent === undefined ? (PEOPLE[person]?.talksWith ?? []).includes(of as AgentName) : of === agent;
    case 'department': {
      const both = agent === undefined || AGENT_DEPARTMENTS[agent].includes(of);
      return both && (DEPARTMENTS[person] ?? []).includes(of);
    }
    case 'brand': {
      const both = agent !== 'herald' || of !== 'zig-zag';
      return both && (COMPANY_WIDE.has(person) || (BRANDS[person] ?? []).includes(of));
    }
    case 'company':
      return agent !== 'herald' && COMPANY_WIDE.has(person);
  }
}

function saves(person: string, agent: AgentName | undefined, kept: Kept): boolean {
  const { scope, of } = kept;
  switch (scope) {
    case 'person':
      return true; // for themselves, whoever is named
    case 'agent':
      return EDITORS.has(person) && agent !== 'herald' && sees(person, agent, kept);
    case 'department':
      return sees(person, agent, kept) && person !== 'reporter';
    case 'brand':
      return (EDITORS.has(person) || (person === 'gallerist' && of === 'gallery')) && sees(person, agent, kept);
    case 'company':
      return EDITORS.has(person) && sees(person, agent, kept);
  }
}

const callers = personNames.flatMap((person) =>
  ([undefined, ...agentNames] as const).map((agent) => {
    const { caller } = personOf(person);
    return { person, agent, caller: agent ? acting(AGENTS[agent], caller) : caller };
  }),
);
const who = ({ person, agent }: { person: string; agent: string | undefined }) =>
  agent ? `${agent} for the ${person}` : `the ${person}`;

/** Of each scope one, by whoever may. */
const kept = new Map<string, string>();
for (const one of ALL) {
  const by = one.scope === 'person' ? personOf(one.of).caller : operator;
  if (one.scope === 'agent') await does(operator, 'workforce.start-conversation', { agentId: AGENTS[one.of as AgentName] });
  const { memoryId } = await does<{ memoryId: string }>(
    by,
    'workforce.save-memory',
    inputOf(one, `The lantern of ${nameOf(one)}`),
  );
  kept.set(nameOf(one), memoryId);
}

test.each(callers)('what a list, a search and a look at one memory show is the same: $person by $agent', async (one) => {
  const expected = ALL.filter((memory) => sees(one.person, one.agent, memory))
    .map(nameOf)
    .sort();
  const shown = ({ items }: { items: { memoryId: string }[] }) =>
    ALL.map(nameOf)
      .filter((name) => items.some(({ memoryId }) => memoryId === kept.get(name)))
      .sort();
  expect(shown(await does(one.caller, 'workforce.list-memories', { limit: 100 })), who(one)).toEqual(expected);
  expect(shown(await does(one.caller, 'workforce.search-memories', { q: 'lantern', limit: 50 })), who(one)).toEqual(expected);
  const points: string[] = [];
  for (const name of ALL.map(nameOf)) {
    const error = await house
      .call(one.caller, 'workforce.delete-memory', { memoryId: kept.get(name) }, { dryRun: true })
      .then(() => undefined)
      .catch((thrown: { code: string }) => thrown.code);
    if (error !== 'workforce.unknown_memory') points.push(name);
  }
  expect(points.sort(), who(one)).toEqual(expected);
});

test.each(callers)(
  'nobody saves for others but who may, and no agent for whom its person could not: $person by $agent',
  async (one) => {
    for (const memory of ALL.filter(({ scope }) => scope !== 'person')) {
      const text = `Tried for ${nameOf(memory)} by ${who(one)}`;
      const answer = house
        .call(one.caller, 'workforce.save-memory', inputOf(memory, text), { dryRun: true })
        .then(() => 'saved')
        .catch((thrown: { code: string }) => thrown.code);
      const expected = saves(one.person, one.agent, memory) ? 'saved' : 'workforce.memory_scope';
      expect(await answer, `${who(one)}: ${nameOf(memory)}`).toBe(expected);
    }
  },
);

test('the table is no empty one: each scope is seen by some and hidden from some', () => {
  for (const memory of ALL) {
    const by = callers.map(({ person, agent }) => sees(person, agent, memory));
    expect(new Set(by), nameOf(memory)).toEqual(new Set([true, false]));
  }
});

test('a memory is deleted by those for whom it was saved and by those in charge of its scope, and by nobody else who sees it', async () => {
  const id = (name: string) => ({ memoryId: kept.get(name) });
  const codeOf = (caller: Caller, name: string) =>
    house
      .call(caller, 'workforce.delete-memory', id(name), { dryRun: true })
      .then(() => 'deleted')
      .catch((thrown: { code: string }) => thrown.code);
  const by = (name: string) => personOf(name).caller;
  expect(await codeOf(by('writer'), 'company company')).toBe('workforce.not_your_memory');
  expect(await codeOf(by('admin'), 'company company')).toBe('deleted');
  expect(await codeOf(by('viewer'), 'agent desk')).toBe('workforce.not_your_memory');
  expect(await codeOf(by('treasurer'), 'department finance')).toBe('deleted');
  expect(await codeOf(by('writer'), 'department press')).toBe('workforce.not_your_memory');
  expect(await codeOf(by('admin'), 'person viewer')).toBe('workforce.unknown_memory');
  expect(await codeOf(by('viewer'), 'person viewer')).toBe('deleted');
  const { memoryId } = await does<{ memoryId: string }>(by('writer'), 'workforce.save-memory', {
    text: 'Mine',
    scope: 'company',
  });
  await does(acting(AGENTS.desk, by('writer')), 'workforce.delete-memory', { memoryId });
  await expect(does(by('writer'), 'workforce.delete-memory', { memoryId })).rejects.toMatchObject({
    code: 'workforce.unknown_memory',
  });
});

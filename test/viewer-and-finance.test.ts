// The mission's own rule: a viewer who talks to an agent of finance does not see the ledger, whichever way they ask.
import { scriptedModel } from '@troupe-os/agents/testing';
import { chat } from '@troupe-os/bots';
import { serveTestKernel, type TestServer } from '@troupe-os/core/testing';
import { beforeAll, expect, test } from 'vitest';
import { connect } from '../mcp-servers/src/testing/clients.ts';
import { EXAMPLES } from '../plugins/governance/src/cedar/examples.ts';
import installation from '../troupe.config.ts';
import { askAgent, scriptQuestions } from './ask-agent.ts';
import { askProcess, homeOf } from './ask-command-line.ts';
import { type Asker, askChat, askRest, askTool, type Question, startChat } from './ask-surfaces.ts';
import { type FurnishedHouse, startFurnishedHouse } from './furnished-house.ts';
import { connectByStdio } from './tour-ways.ts';

const SLOW = { timeout: 300_000 };
const question: Question = { action: 'ledger.list-accounts', effect: 'read', input: {} };
const rule = EXAMPLES.find(({ name }) => name === 'ledger-for-finance');
const { model, env } = await scriptedModel();

let house: FurnishedHouse;
let server: TestServer;
const people = {} as Record<'viewer' | 'admin', Asker & { readonly id: string; readonly token: string }>;
let agentId: string;

beforeAll(async () => {
  house = await startFurnishedHouse();
  server = await serveTestKernel(house, [
    ...installation.surfaces.filter(({ name }) => !['web', 'chat'].includes(name)),
    chat({ env }),
  ]);
  for (const role of ['viewer', 'admin'] as const) {
    const { token = '', actorId = '' } = await house.ask('identity.create-token', { name: role, role }, house.operator);
    people[role] = { url: server.url, token, id: actorId };
  }
  const agent = { name: 'Finley', role: 'Keeps the books', description: '', instructions: '', departments: ['Finance'] };
  ({ agentId = '' } = await house.ask('workforce.create-agent', { ...agent, roles: [{ role: 'admin' }] }));
  const { departmentId = '' } = await house
    .ask('identity.create-department', { departmentId: 'finance', name: 'Finance' })
    .catch(() => ({ departmentId: 'finance' }));
  await house.ask('identity.grant-role', { personId: agentId, role: 'admin', departmentId }, house.operator);
  scriptQuestions(model, [question]);
}, 300_000);

/** What each way answers somebody, through the agent too. */
async function everyPath(person: Asker & { readonly token: string }): Promise<Record<string, string>> {
  const [elder, younger] = [
    await connect('sdk 1.32 (2025-11-25)', `${server.url}/mcp`, person.token),
    await connect('client 2.4 (2026-07-28)', `${server.url}/mcp`, person.token),
  ];
  const stdio = await connectByStdio({ home: homeOf(person) }, 'young');
  const [byAgent] = await askAgent(person, agentId, [question]);
  const answers = {
    REST: await askRest(person, question),
    'MCP, 2025-11-25': await askTool(elder, question),
    'MCP, 2026-07-28': await askTool(younger, question),
    stdio: await askTool(stdio, question),
    'command line': await askProcess(homeOf(person), question),
    'web chat, a command': await askChat(person, await startChat(person), question),
    'web chat, the agent': byAgent ?? { code: 'no answer' },
  };
  for (const client of [elder, younger, stdio]) await client.close();
  return Object.fromEntries(Object.entries(answers).map(([path, { code }]) => [path, code]));
}

const explained = async (actorId: string, onBehalfOf?: string) =>
  (await house.ask('governance.explain-access', {
    actorId,
    action: question.action,
    ...(onBehalfOf && { onBehalfOf }),
  })) as unknown as {
    steps: { says: string; why: string }[];
  };

test('a viewer sees nothing of the ledger by any path, whatever the agent of finance may', SLOW, async () => {
  expect(new Set(Object.values(await everyPath(people.viewer)))).toEqual(new Set(['core.unknown_action']));
  const { steps } = await explained(agentId, people.viewer.id);
  expect(steps).toMatchObject([
    { says: 'yes', why: expect.stringContaining('Finley holds ledger.entry.read on the whole company') },
    { says: 'unknown', why: 'viewer does not hold ledger.entry.read: it takes admin, and they are viewer' },
  ]);
});

test('nor does an Admin, once the rule says who alone does', SLOW, async () => {
  expect(await askRest(people.admin, question)).toMatchObject({ code: 'done' });
  await house.ask('governance.set-rule', { ...rule });
  expect(new Set(Object.values(await everyPath(people.admin)))).toEqual(new Set(['core.unknown_action']));
  const { steps } = await explained(agentId, people.admin.id);
  expect(steps.at(-1)).toEqual({ says: 'unknown', why: 'the rule ledger-for-finance takes ledger.entry.read from admin' });
  expect((await explained(agentId)).steps.at(-1)).toMatchObject({ says: 'yes' }); // Finley alone
});

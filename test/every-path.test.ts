// Every action on every surface, for everybody: one decision whichever way it is asked, and one row of the record. Pages: every-page.test.ts.
import { scriptedModel } from '@troupe-os/agents/testing';
import { chat } from '@troupe-os/bots';
import { type Plugin, ROLES, type Role } from '@troupe-os/core';
import { serveTestKernel, type TestServer } from '@troupe-os/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../mcp-servers/src/testing/clients.ts';
import installation from '../troupe.config.ts';
import { askAgent, scriptQuestions } from './ask-agent.ts';
import { askProcess, askVerb, homeOf, openDoorOf } from './ask-command-line.ts';
import { type Asker, askChat, askRest, askTool, type Question, startChat } from './ask-surfaces.ts';
import { askInTurn, type Callers, makeCallers, questionsFor } from './callers.ts';
import { watchRecord } from './check-record.ts';
import {
  actions,
  decisions,
  expectedByTools,
  expectedFor,
  expectedForAgentOf,
  listedFor,
  type Outcome,
  rank,
  type Who,
  withTokens,
} from './decisions.ts';
import { type FurnishedHouse, startFurnishedHouse } from './furnished-house.ts';
import { plausibleInputs } from './plausible-inputs.ts';
import { rightsMatrix } from './rights-matrix.ts';
import { connectByStdio } from './tour-ways.ts';

const { plugins } = installation;
const surfaces = installation.surfaces.filter(({ name }) => name !== 'web');
const hasSurface = (name: string) => surfaces.some((surface) => surface.name === name);
type Permissions = Plugin['permissions'];

const SLOW = { timeout: 180_000 };

let house: FurnishedHouse;
let server: TestServer;
let questions: readonly Question[];
let tokens: Callers['tokens'];
let actorIds: Callers['actorIds'];
let offered: () => ReadonlySet<string>;
/** The slowest ways are walked for three of them where both databases are tested one after the other (.ci/run). */
const fewer = (all: readonly Who[]): readonly Who[] =>
  process.env.TROUPE_TEST_TWICE ? all.filter((who) => who === 'viewer' || who === 'owner' || who === 'scoped') : all;
const { model, env } = await scriptedModel();
const askerOf = (who: Who): Asker => ({ url: server.url, token: tokens.get(who) });
const watch = (who: Who) => watchRecord(house, who === 'stranger' ? 'guest' : (actorIds.get(who) ?? ''));

beforeAll(async () => {
  house = await startFurnishedHouse();
  server = await serveTestKernel(house, surfaces);
  ({ tokens, actorIds } = await makeCallers(house));
  questions = await questionsFor(house);
  offered = scriptQuestions(model, questions);
}, 300_000);

test('every action stands in the matrix of rights, with the lowest role that its permission names', () => {
  const declared = plugins.flatMap(({ permissions, actions: own }) =>
    own.map(({ name, permission }) => [name, lowestRole(permissions, permission)]),
  );
  const ids = new Set<string>(plugins.map(({ id }) => id));
  const listed = Object.entries(rightsMatrix)
    .filter(([name]) => ids.has(name.split('.')[0] ?? ''))
    .map(([name, { from }]) => [name, from === 'signed-in' ? 'guest' : from === 'nobody' ? undefined : from]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(declared));
  const forAuditors = plugins.flatMap(({ permissions, actions: own }) =>
    own.filter(({ permission }) => (permissions as Permissions)[permission]?.auditor).map(({ name }) => name),
  );
  expect(actions.map(({ name }) => name).filter((name) => rightsMatrix[name]?.auditor)).toEqual(forAuditors);
});

describe('the decision is that of the matrix', SLOW, () => {
  test.each(['stranger', ...withTokens] as const)('over REST, for %s', async (who) => {
    const faultsIn = await watch(who);
    const outcomes = await askEach((question) => askRest(askerOf(who), question));
    expect(decisions(outcomes)).toEqual(expectedFor(who));
    expect(await faultsIn(outcomes)).toEqual([]);
  });

  test.each(['stranger', ...withTokens] as const)('in the document of REST, which lists for %s what is open', async (who) => {
    const token = tokens.get(who);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}/openapi.json`, { headers });
    const { paths } = (await response.json()) as { paths: Record<string, { post?: { operationId: string } }> };
    const listed = Object.values(paths).flatMap(({ post }) => (post ? [post.operationId] : []));
    expect(listed.sort()).toEqual(listedFor(who));
  });

  describe.runIf(hasSurface('mcp'))('over MCP', () => {
    for (const kind of ['sdk 1.32 (2025-11-25)', 'client 2.4 (2026-07-28)'] as const) {
      test.each(withTokens)(`by ${kind}, for %s`, async (who) => {
        const faultsIn = await watch(who);
        const client = await connect(kind, `${server.url}/mcp`, tokens.get(who) ?? '');
        const outcomes = await askEach((question) => askTool(client, question));
        await client.close();
        expect(decisions(outcomes)).toEqual(expectedFor(who));
        expect(await faultsIn(outcomes)).toEqual([]);
      });
    }

    // one process for all of them, as a client starts it, that passes on what either era says
    for (const era of ['old', 'young'] as const) {
      test.each(['viewer', 'owner', 'scoped'] as const)(
        `by a program on standard streams, the ${era} era, for %s`,
        async (who) => {
          const faultsIn = await watch(who);
          const client = await connectByStdio({ home: homeOf(askerOf(who)) }, era);
          const outcomes = await askEach((question) => askTool(client, question));
          await client.close();
          expect(decisions(outcomes)).toEqual(expectedFor(who));
          expect(await faultsIn(outcomes)).toEqual([]);
        },
      );
    }

    test.each(withTokens)('in the list of each plugin, for %s', async (who) => {
      const listed: string[] = [];
      for (const { id } of plugins) {
        if (!listedFor(who).some((name) => name.startsWith(`${id}.`))) continue;
        const client = await connect('client 2.4 (2026-07-28)', `${server.url}/mcp/${id}`, tokens.get(who) ?? '');
        listed.push(...(await client.listTools()).tools.map(({ name }) => name));
        await client.close();
      }
      const expected = listedFor(who).map((name) => name.replaceAll(/[.-]/g, '_'));
      expect(listed.sort()).toEqual(expected.sort());
    });

    test('a stranger is asked for a token at once', async () => {
      for (const path of ['/mcp', ...plugins.map(({ id }) => `/mcp/${id}`)]) {
        const response = await fetch(`${server.url}${path}`, { method: 'POST', body: '{}' });
        expect([path, response.status]).toEqual([path, 401]);
      }
    });
  });

  test.runIf(hasSurface('chat')).each(fewer(['viewer', 'editor', 'admin', 'owner']))('by chat command, for %s', async (who) => {
    const faultsIn = await watch(who);
    const conversationId = await startChat(askerOf(who));
    const outcomes = await askEach((question) => askChat(askerOf(who), conversationId, question));
    expect(decisions(outcomes)).toEqual(expectedFor(who));
    expect(await faultsIn(outcomes)).toEqual([]);
  });

  // the model is offered what both may do, and asks for all the rest as well
  test.runIf(hasSurface('chat')).each([
    { agent: 'admin', person: 'viewer', both: 'viewer' },
    { agent: 'editor', person: 'owner', both: 'editor' },
    { agent: 'admin', person: 'owner', both: 'admin' },
  ] as const)('by the model of an agent, $agent, that acts for somebody, $person', async ({ agent, person, both }) => {
    const { url } = await serveTestKernel(house, [chat({ env })]);
    const made = {
      name: `${agent} for ${person}`,
      role: 'Helps',
      description: '',
      instructions: '',
      departments: ['Front desk'],
      roles: [{ role: agent }],
    };
    const { agentId = '' } = await house.ask('workforce.create-agent', made);
    const faultsIn = await watchRecord(house, agentId);
    const outcomes = await askAgent({ url, token: tokens.get(person) }, agentId, questions);
    expect(decisions(outcomes)).toEqual(expectedByTools(both, { byName: offered().has('run_action') }));
    expect(await faultsIn(outcomes)).toEqual([]);
  });

  test('by an agent that acts for a viewer: what both may do, and nothing about people', async () => {
    const agent = { id: actorIds.get('editor') ?? '', kind: 'agent' as const, name: 'agent', credential: 'test' };
    const viewer = { id: actorIds.get('viewer') ?? '', kind: 'user' as const, name: 'viewer', credential: 'test' };
    const caller = { principal: agent, onBehalfOf: viewer, tainted: false };
    const faultsIn = await watch('editor');
    const outcomes = await askEach(async ({ action, effect, input }) => {
      const requestId = crypto.randomUUID();
      const call = { action, input, caller, surface: 'agent', requestId, dryRun: effect === 'write' };
      const code = await house.kernel.execute(call).then(
        () => 'done',
        (error: { code?: string }) => error.code ?? String(error),
      );
      return { action, code, requestId };
    });
    expect(decisions(outcomes)).toEqual(expectedForAgentOf('viewer'));
    expect(await faultsIn(outcomes)).toEqual([]);
  });

  describe('on the command line', () => {
    // every action by the verb itself, through the door that a process opens to a server; no more than the process is missing
    test.each(fewer(withTokens))('by its verb, for %s', async (who) => {
      const faultsIn = await watch(who);
      const door = await openDoorOf(askerOf(who));
      const outcomes = await askEach((question) => askVerb(door, question));
      expect(decisions(outcomes)).toEqual(expectedFor(who));
      expect(await faultsIn(outcomes)).toEqual([]);
    });

    // whole processes, which pass words, output and exit code on: one action stands for its plugin's, or for those of the same effect and lowest role
    test.each([
      ['editor', ({ action }: Question) => action.split('.')[0]],
      ['scoped', ({ action, effect }: Question) => `${effect} ${rightsMatrix[action]?.from}`],
    ] as const)('by processes, for %s', async (who, kindOf) => {
      const home = homeOf(askerOf(who));
      const seen = new Set<string | undefined>();
      const chosen = questions.filter((question) => {
        const kind = kindOf(question);
        return !seen.has(kind) && seen.add(kind);
      });
      const faultsIn = await watch(who);
      const outcomes = await askEach((question) => askProcess(home, question), chosen);
      expect(expectedFor(who)).toMatchObject(decisions(outcomes));
      expect(await faultsIn(outcomes)).toEqual([]);
    });
  });
});

test('every write that is done for real has one terminal row', SLOW, async () => {
  const writes = questions.filter(({ effect }) => effect === 'write');
  const ends: string[] = [];
  for (const who of ['stranger', 'owner'] as const) {
    const faultsIn = await watch(who);
    const ofThem = writes.filter(({ action }) => (plausibleInputs[action]?.by === 'guest') === (who === 'stranger'));
    const outcomes = await askEach((question) => askRest(askerOf(who), question, true), ofThem);
    ends.push(...outcomes.map(({ code }) => code));
    expect(await faultsIn(outcomes)).toEqual([]);
  }
  // the others follow what was changed before them, and fail
  expect(ends.filter((code) => code === 'done').length).toBeGreaterThan(writes.length / 2);
});

const askEach = (ask: (question: Question) => Promise<Outcome>, asked = questions) => askInTurn(asked, ask);

function lowestRole(permissions: Permissions, permission: string): Role | undefined {
  return ROLES.toSorted((one, other) => rank(one) - rank(other)).find((role) => permissions[permission]?.roles.includes(role));
}

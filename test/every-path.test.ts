// Every action on every surface, for everybody: one decision whichever way it is asked, and one row of the record.
import { ROLES, type Role } from '@troupe-os/core';
import { asOwner, serveTestKernel, type TestServer } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../mcp-servers/src/testing/clients.ts';
import installation from '../troupe.config.ts';
import { type Asker, askChat, askCommandLine, askRest, askTool, homeOf, type Question, startChat } from './ask-surfaces.ts';
import {
  actions,
  decisions,
  expectedFor,
  expectedForAgentOf,
  isRecorded,
  isRefusal,
  listedFor,
  type Outcome,
  rank,
  SCOPES,
  type Who,
  withTokens,
} from './decisions.ts';
import { type FurnishedHouse, startFurnishedHouse } from './furnished-house.ts';
import { plausibleInputs } from './plausible-inputs.ts';
import { rightsMatrix } from './rights-matrix.ts';

const { plugins } = installation;
const surfaces = installation.surfaces.filter(({ name }) => name !== 'web'); // its server asks by REST, as the person who signed in
const hasSurface = (name: string) => surfaces.some((surface) => surface.name === name);
const SLOW = { timeout: 180_000 };

let house: FurnishedHouse;
let server: TestServer;
let questions: readonly Question[];
const tokens = new Map<Who, string>();
const actorIds = new Map<Who, string>();
const askerOf = (who: Who): Asker => ({ url: server.url, token: tokens.get(who) });

beforeAll(async () => {
  house = await startFurnishedHouse();
  server = await serveTestKernel(house, surfaces);
  for (const who of withTokens) {
    const asked = who === 'scoped' ? { name: who, scopes: SCOPES } : { name: who, role: who };
    const made = await house.ask('identity.create-token', asked, house.operator);
    tokens.set(who, made.token ?? '');
    actorIds.set(who, made.actorId ?? '');
  }
  const asked = actions.map(async ({ name, effect }) => ({
    action: name,
    effect,
    input: await plausibleInputs[name]?.input(house),
  }));
  questions = await Promise.all(asked);
}, 120_000);

test('every action stands in the matrix of rights, with the lowest role that its permission names', () => {
  const declared = plugins.flatMap(({ permissions, actions: own }) =>
    own.map(({ name, permission }) => [name, lowestRole(permissions, permission)]),
  );
  const ids = new Set<string>(plugins.map(({ id }) => id));
  const listed = Object.entries(rightsMatrix)
    .filter(([name]) => ids.has(name.split('.')[0] ?? ''))
    .map(([name, { from }]) => [name, from === 'signed-in' ? 'guest' : from]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(declared));
});

describe('the decision is that of the matrix', SLOW, () => {
  test.each(['stranger', ...withTokens] as const)('over REST, for %s', async (who) => {
    const outcomes = await askEach((question) => askRest(askerOf(who), question));
    expect(decisions(outcomes)).toEqual(expectedFor(who));
    await expectRecorded(outcomes, who);
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
        const client = await connect(kind, `${server.url}/mcp`, tokens.get(who) ?? '');
        const outcomes = await askEach((question) => askTool(client, question));
        await client.close();
        expect(decisions(outcomes)).toEqual(expectedFor(who));
        await expectRecorded(outcomes, who);
      });
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

  test.runIf(hasSurface('chat')).each(['viewer', 'editor', 'admin', 'owner'] as const)('by chat command, for %s', async (who) => {
    const conversationId = await startChat(askerOf(who));
    const outcomes = await askEach((question) => askChat(askerOf(who), conversationId, question));
    expect(decisions(outcomes)).toEqual(expectedFor(who));
    await expectRecorded(outcomes, who);
  });

  test('by an agent that acts for a viewer: what both may do, and nothing about people', async () => {
    const agent = { id: actorIds.get('editor') ?? '', kind: 'agent' as const, name: 'agent', credential: 'test' };
    const viewer = { id: actorIds.get('viewer') ?? '', kind: 'user' as const, name: 'viewer', credential: 'test' };
    const caller = { principal: agent, onBehalfOf: viewer, tainted: false };
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
    await expectRecorded(outcomes, 'editor');
  });

  // one real process a call, so one action stands for all of its plugin with the same effect and lowest role
  test.each(['editor', 'scoped'] as const)('on the command line, for %s', async (who) => {
    const home = homeOf(askerOf(who));
    const seen = new Set<string>();
    const chosen = questions.filter(({ action, effect }) => {
      const kind = `${action.split('.')[0]} ${effect} ${rightsMatrix[action]?.from}`;
      return !seen.has(kind) && seen.add(kind);
    });
    const outcomes = await askEach((question) => askCommandLine(home, question), chosen);
    expect(expectedFor(who)).toMatchObject(decisions(outcomes));
    await expectRecorded(outcomes, who);
  });
});

test('every write that is done for real has one terminal row', SLOW, async () => {
  const writes = questions.filter(({ effect }) => effect === 'write');
  const outcomes = await askEach((question) => {
    const isGuests = plausibleInputs[question.action]?.by === 'guest';
    return askRest(askerOf(isGuests ? 'stranger' : 'owner'), question, true);
  }, writes);
  const done = outcomes.filter(({ code }) => code === 'done');
  expect(done.length).toBeGreaterThan(writes.length / 2); // the others follow what was changed before them, and fail
  await expectRecorded(outcomes, 'owner');
});

async function askEach(ask: (question: Question) => Promise<Outcome>, asked = questions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const question of asked) outcomes.push(await ask(question));
  return outcomes;
}

function lowestRole(permissions: Readonly<Record<string, { roles: readonly Role[] }>>, permission: string): Role | undefined {
  return ROLES.toSorted((one, other) => rank(one) - rank(other)).find((role) => permissions[permission]?.roles.includes(role));
}

interface Row {
  readonly call_id: string;
  readonly request_id: string;
  readonly action: string;
  readonly error: string | null;
  readonly actor: string;
  readonly outcome: string;
}

/**
 * What was let in has one terminal row if it is a write or a read above low, else none; what was refused was counted into a row
 * of its kind.
 */
async function expectRecorded(outcomes: readonly Outcome[], who: Who): Promise<void> {
  const rows = await asOwner<Row>(
    house.database,
    sql`select call_id, request_id, action, error, actor, outcome from core.audit_entries where outcome <> 'initiated'`,
  );
  const actor = who === 'stranger' ? 'guest' : actorIds.get(who);
  const wrong = outcomes.flatMap((outcome) => {
    const { action, code, callId, requestId } = outcome;
    const ofIt = rows.filter((row) => row.action === action);
    if (isRefusal(code)) {
      const counted = ofIt.some((row) => row.error === code && row.actor === actor);
      // a handler of a low read that asks a stranger to sign in is past the gate, and low reads have no rows
      return counted || (code === 'core.unauthenticated' && !isRecorded(action)) ? [] : [{ ...outcome, rows: 0 }];
    }
    if (callId === undefined && requestId === undefined) return [];
    const own = ofIt.filter((row) => row.call_id === callId || row.request_id === requestId);
    // what a handler refuses for want of rights is counted like a refusal at the gate: a repetition has no row of its own
    const counted = own.length === 0 && ofIt.some((row) => row.error === code && row.outcome === 'denied');
    return counted || own.length === (isRecorded(action) ? 1 : 0) ? [] : [{ ...outcome, rows: own.length }];
  });
  expect(wrong).toEqual([]);
}

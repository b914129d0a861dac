// Every action that a page asks for, by the page itself: the decision is that of every other path, and a form leaves one row of the record.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kebabCase } from '@troupe-os/core/client';
import { serveTestKernel } from '@troupe-os/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { codeAt, fromBase32, stepAt } from '../plugins/identity/src/totp.ts';
import installation from '../troupe.config.ts';
import { askForm, askLoad, type Visitor } from './ask-pages.ts';
import { watchRecord } from './check-record.ts';
import { decideFor, decisionOf, type Outcome, rank } from './decisions.ts';
import { type FurnishedHouse, GOOD_CARD, paint, startFurnishedHouse, waitsFor } from './furnished-house.ts';
import { type PageForm, type PageLoad, pageForms, pageLoads } from './pages.ts';
import { repository } from './servers.ts';
import { accountThings } from './sign-in-things.ts';

const SLOW = { timeout: 300_000 };
const visitors = ['stranger', 'viewer', 'owner'] as const; // the owner last: what they send is done
type Visiting = (typeof visitors)[number];

let house: FurnishedHouse;
const arrived = new Map<Visiting, Visitor & { actorId: string }>();

// the first to start them builds the pages
beforeAll(async () => {
  house = await startFurnishedHouse();
  const { url } = await serveTestKernel(house, installation.surfaces);
  for (const who of visitors) arrived.set(who, await arrive(who, url));
}, 300_000);

test('what the sources of the pages ask for stands in the table', () => {
  const folder = join(repository, 'web/src');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const asked = sources.flatMap((path) => {
    const source = readFileSync(join(folder, path), 'utf8');
    const byClient = [...source.matchAll(/\bapi\s*\.(\w+)\s*\.(\w+)\(/g)].map(
      ([, plugin, method = '']) => `${plugin}.${kebabCase(method)}`,
    );
    const byName = [...source.matchAll(/\b(?:send|receive)\('([\w.-]+)'/g)].map(([, action = '']) => action);
    return [...byClient, ...byName];
  });
  const listed = new Set([...pageLoads, ...pageForms].map(({ action }) => action));
  expect(asked.length).toBeGreaterThan(30);
  expect([...new Set(asked)].filter((action) => !listed.has(action))).toEqual([]);
});

describe.each(visitors)('for %s', SLOW, (who) => {
  test('a page shows what the matrix opens, and reads above low have one row', async () => {
    const visitor = visiting(who);
    const faultsIn = await watchRecord(house, visitor.actorId);
    const outcomes: Outcome[] = [];
    for (const load of pageLoads) outcomes.push(await askLoad(visitor, load));
    expect(decided(pageLoads, outcomes)).toEqual(expectedFor(who, pageLoads));
    expect(await faultsIn(outcomes)).toEqual([]);
  });

  test('a form does what the matrix opens, and its write has one row', async () => {
    const visitor = visiting(who);
    const faultsIn = await watchRecord(house, visitor.actorId);
    const forms = pageForms.filter(({ shownTo }) => !shownTo || (shownTo === 'strangers') === (who === 'stranger'));
    const outcomes: Outcome[] = [];
    for (const form of forms) outcomes.push({ ...(await askForm(visitor, form)), action: stopsAt(who, form) });
    expect(decided(forms, outcomes)).toEqual(expectedFor(who, forms));
    expect(await faultsIn(outcomes)).toEqual([]);
    if (who === 'owner') expect(outcomes.filter(({ code }) => code !== 'done')).toEqual([]);
  });
});

const titleOf = ({ route, action }: PageLoad | PageForm) => `${route} ${action}`;

function decided(calls: readonly (PageLoad | PageForm)[], outcomes: readonly Outcome[]): Record<string, string> {
  return Object.fromEntries(calls.map((call, at) => [titleOf(call), decisionOf(outcomes[at]?.code ?? '')]));
}

function expectedFor(who: Visiting, calls: readonly (PageLoad | PageForm)[]): Record<string, string> {
  const isThere = ({ from }: PageLoad | PageForm) => from === undefined || (who !== 'stranger' && rank(who) >= rank(from));
  return Object.fromEntries(calls.map((call) => [titleOf(call), isThere(call) ? decideFor(who, stopsAt(who, call)) : 'no page']));
}

/** A page that asks for several things in turn gets as far as the first that is closed. */
function stopsAt(who: Visiting, call: PageLoad | PageForm): string {
  const before = 'after' in call ? (call.after ?? []) : [];
  return before.find((action) => decideFor(who, action) !== 'allowed') ?? call.action;
}

function visiting(who: Visiting) {
  const visitor = arrived.get(who);
  if (!visitor) throw new Error('Everybody has arrived.');
  return visitor;
}

/** Somebody with a session, and with an order, a conversation and a sign-in link of their own. */
async function arrive(who: Visiting, url: string): Promise<Visitor & { actorId: string }> {
  const { ask, guest, kernel, operator, things } = house;
  const newLink = async (personId: string) => (await ask('identity.create-link', { personId }, operator)).link ?? '';
  const { personId = '' } = await ask('identity.create-person', { name: who, email: `${who}@visitors.test` });
  if (who !== 'stranger') await ask('identity.grant-role', { personId, role: who });
  const { session = '' } = await ask('identity.redeem-link', { link: await newLink(personId) }, guest);
  const signedIn = { principal: await kernel.authenticate({ type: 'session', secret: session }), tainted: false };
  const caller = who === 'stranger' ? guest : signedIn;

  const [ownKey, nonce] = [crypto.randomUUID().replaceAll('-', ''), crypto.randomUUID().replaceAll('-', '')];
  const purchase = { listingId: things.listingId, cardNumber: GOOD_CARD, email: 'p@people.test', accessKey: ownKey };
  const order = (await ask('marketplace.buy', purchase, caller)) as unknown as {
    orderId: string;
    deliveries: { deliveryId: string }[];
  };
  const waits = async () => (who === 'stranger' ? '' : await waitsFor(signedIn, house)) || things.approvalId || '';
  const talk = who === 'stranger' ? {} : await ask('workforce.start-conversation', {}, caller);
  const myTask = { title: 'Mine', brief: 'To do', assigneeId: personId };
  const { taskId: myTaskId = things.ownTaskId ?? '' } =
    who === 'stranger' ? {} : await ask('workforce.create-task', myTask, caller);
  const myHook = { title: 'Mine', brief: 'To do', agentId: things.agentId };
  const { scheduleId: myWebhookId = things.webhookScheduleId ?? '' } =
    who === 'owner' ? await ask('workforce.create-schedule', myHook, caller) : {};
  const app = { clientId: 'app', clientName: 'app', clientHost: 'app.test', resource: `${url}/mcp`, days: 7 };
  const yes = () => ask('identity.allow-app', { ...app, scopes: ['identity.me.read'] }, caller);
  const { appId: ownAppId = things.appId ?? '' } = who === 'stranger' ? {} : await yes();
  const { memoryId: ownMemoryId = things.memoryId ?? '' } =
    who === 'stranger' ? {} : await ask('workforce.save-memory', { text: `Of ${who}` }, caller);
  const account = await accountThings(house, who === 'stranger' ? house.owner : caller, () => newLink(personId));
  return {
    url,
    actorId: who === 'stranger' ? 'guest' : personId,
    session: who === 'stranger' ? undefined : session,
    picture: new File([new Uint8Array(await paint(90))], 'picture.png', { type: 'image/png' }),
    things: {
      ...things,
      ownOrderId: order.orderId,
      ownDeliveryId: order.deliveries[0]?.deliveryId ?? '',
      ownKey,
      nonce,
      ownAppId,
      myTaskId,
      ownMemoryId,
      myWebhookId,
      ...account,
      ownLink: await newLink(personId),
      ...(await halfSignedIn(newLink)),
      ...(await somebodyElse()),
      ownConversationId: talk.conversationId ?? things.conversationId ?? '',
      callId: await someCall(),
      approveId: await waits(),
      rejectId: await waits(),
      cancelId: await waits(),
      chatApproveId: await waits(),
      chatRejectId: await waits(),
    },
  };
}

/** Somebody who has opened a link and owes a code, and the code. */
async function halfSignedIn(newLink: (personId: string) => Promise<string>): Promise<Record<string, string>> {
  const { ask, guest, signInByLink } = house;
  const { personId = '' } = await ask('identity.create-person', {
    name: 'Careful',
    email: `${crypto.randomUUID()}@visitors.test`,
  });
  const careful = await signInByLink(personId);
  const { key = '' } = await ask('identity.enrol-authenticator', {}, careful);
  const code = (away: number) => codeAt(fromBase32(key), stepAt(new Date()) + away);
  await ask('identity.confirm-authenticator', { code: code(-1) }, careful);
  const { challenge = '' } = await ask('identity.redeem-link', { link: await newLink(personId) }, guest);
  return { challenge, code: code(1) }; // good for a minute more
}

/** Somebody who is here, and somebody who was invited. */
async function somebodyElse(): Promise<Record<string, string>> {
  const fresh = () => ({ name: 'Somebody', email: `${crypto.randomUUID()}@visitors.test` });
  const { personId = '' } = await house.ask('identity.create-person', fresh());
  const { invitationId = '' } = await house.ask('identity.invite-person', fresh());
  return { somebodyId: personId, invitationId };
}

/** A call that the record holds. */
async function someCall(): Promise<string> {
  const { items } = (await house.ask('governance.search-audit', { limit: 1 })) as unknown as { items: { callId: string }[] };
  return items[0]?.callId ?? '';
}

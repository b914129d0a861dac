// Approvals in a house of real people, tokens and agents: who is the other person, and what was taken back since.
import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { approveCall } from '../plugins/governance/src/actions/approve-call.ts';
import { createStandingGrant } from '../plugins/governance/src/actions/create-standing-grant.ts';
import { listApprovals } from '../plugins/governance/src/actions/list-approvals.ts';
import { listStandingGrants } from '../plugins/governance/src/actions/list-standing-grants.ts';
import { revokeStandingGrant } from '../plugins/governance/src/actions/revoke-standing-grant.ts';
import { governancePlugin } from '../plugins/governance/src/index.ts';
import { pay, price, tillPlugin } from '../plugins/governance/testing/till/plugin.ts';
import { createToken } from '../plugins/identity/src/actions/create-token.ts';
import { grantRoleAction } from '../plugins/identity/src/actions/grant-role.ts';
import { revokeToken } from '../plugins/identity/src/actions/revoke-token.ts';
import { identityPlugin } from '../plugins/identity/src/index.ts';
import { allowApp } from '../plugins/identity/src/oauth/allow-app.ts';
import { startHouse } from '../plugins/identity/testing/house.ts';
import { ledgerPlugin } from '../plugins/ledger/src/index.ts';
import { createAgent } from '../plugins/workforce/src/actions/create-agent.ts';
import { workforcePlugin } from '../plugins/workforce/src/index.ts';
import { EVERY_SCOPE } from './decisions.ts';

const house = await startHouse([ledgerPlugin, tillPlugin, workforcePlugin, governancePlugin], identityPlugin);
type Person = Awaited<ReturnType<typeof house.person>>;
type Caller = Person['caller'];
let [ann, bob]: Person[] = [];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

beforeAll(async () => {
  price.cents = 1_00n;
  [ann, bob] = [await house.person(['editor']), await house.person(['editor'])];
  await house.run(ann.caller, pay, { to: 'whom the accounts are opened with' });
});

const people = () => {
  if (!ann || !bob) throw new Error('nobody is here yet');
  return { ann, bob };
};

/** An agent of Ann's. */
async function agent(): Promise<Caller> {
  const { agentId } = await house.run(house.operator, createAgent, {
    name: `Ada ${crypto.randomUUID()}`,
    role: 'Buyer',
    description: 'Buys paper.',
    instructions: '',
    departments: ['Office'],
    roles: [{ role: 'editor' }],
  });
  return {
    principal: { id: agentId, kind: 'agent', name: 'Ada', credential: 'run:1' },
    onBehalfOf: people().ann.caller.principal,
    tainted: false,
  };
}

async function waits(caller: Caller, cents: bigint, to: string): Promise<string> {
  price.cents = cents;
  const refusal = await house.run(caller, pay, { to }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'core.approval_needed' });
  return (refusal as { details: { approvalId: string } }).details.approvalId;
}

const stateOf = async (approvalId: string) => {
  const [row] = await house.database.rows<{ state: string; error: string | null }>(
    sql`select state, error from governance.approvals where id = ${approvalId}`,
  );
  return row;
};

test('what a token does in the name of its person waits as what an agent does, and is not done once the token is taken back', async () => {
  const { ann, bob } = people();
  const { token, tokenId } = await house.run(ann.caller, createToken, { name: 'script' });
  const script = await house.bearer('token', token);
  const approvalId = await waits(script, 1_500_00n, 'Nobody');
  await house.run(bob.caller, approveCall, { approvalId });
  await house.run(ann.caller, revokeToken, { tokenId });
  await house.kernel.startWorkers({ concurrency: 2 }); // none before: it would be done at once
  await house.settle();
  expect(await stateOf(approvalId)).toEqual({ state: 'failed', error: 'core.bad_credentials' });
});

test('nor once the token, or the yes to the app, by which it was asked has expired', async () => {
  const { ann } = people();
  const caller = (await house.link(ann.personId)).caller;
  const { token } = await house.run(caller, createToken, { name: 'script', expiresInDays: 1 });
  const app = { clientId: 'app', clientName: 'app', clientHost: 'app.test', resource: 'https://house.test/mcp', days: 1 };
  const { appId } = await house.run(caller, allowApp, { ...app, scopes: ['till.money.spend'] });
  const byApp = { principal: { ...caller.principal, credential: `app:${appId}` }, tainted: false };
  house.advance(DAY_MS - HOUR_MS);
  const asked = [
    await waits(await house.bearer('token', token), 1_500_00n, 'Somebody late'),
    await waits(byApp, 1_500_00n, 'Somebody later'),
  ];
  house.advance(2 * HOUR_MS);
  const bob = (await house.link(people().bob.personId)).caller;
  for (const approvalId of asked) {
    await house.run(bob, approveCall, { approvalId });
    await house.settle();
    expect(await stateOf(approvalId)).toEqual({ state: 'failed', error: 'core.bad_credentials' });
  }
  house.advance(-DAY_MS - HOUR_MS);
});

test('whoever has voted is not asked again, although the call still waits for another', async () => {
  const voter = await house.person(['editor']);
  const approvalId = await waits(await agent(), 20_000_00n, 'Somebody large');
  const isAsked = async () => {
    const { items } = await house.run(voter.caller, listApprovals, { state: 'pending' });
    return items.find((one) => one.approvalId === approvalId)?.mayVote;
  };
  expect(await isAsked()).toBe(true);
  await house.run(voter.caller, approveCall, { approvalId });
  expect([await isAsked(), await stateOf(approvalId)]).toEqual([false, { state: 'pending', error: null }]);
});

test('whom the requester has made the other person a moment ago is none', async () => {
  const owner = await house.person(['owner']);
  const puppet = await house.person([]);
  await house.run(owner.caller, grantRoleAction, { personId: puppet.personId, role: 'editor' });
  const signedIn = await house.link(puppet.personId);
  const { token } = await house.run(owner.caller, createToken, { name: 'script' });
  const approvalId = await waits(await house.bearer('token', token), 1_500_00n, 'Puppet');
  await expect(house.run(signedIn.caller, approveCall, { approvalId })).rejects.toMatchObject({
    code: 'governance.own_appointee',
  });
  house.advance(DAY_MS);
  const later = await house.link(puppet.personId);
  const again = await waits(await house.bearer('token', token), 1_500_00n, 'Puppet of yesterday');
  expect(await house.run(later.caller, approveCall, { approvalId: again })).toMatchObject({ state: 'approved' });
  house.advance(-DAY_MS);
});

test('whoever holds what asks in their hands is no other person, nor whom they appointed through it', async () => {
  const admin = await house.person(['admin']);
  const made = await house.run(admin.caller, createToken, {
    name: 'script',
    role: 'admin',
    scopes: EVERY_SCOPE,
  });
  const script = await house.bearer('token', made.token);
  const approvalId = await waits(script, 1_500_00n, 'Oneself');
  await expect(house.run(admin.caller, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.four_eyes' });

  const { items } = await house.run(admin.caller, listApprovals, { state: 'pending' });
  expect(items.find((one) => one.approvalId === approvalId)?.mayVote).toBe(false);
  const puppet = await house.person([]);
  await house.run(script, grantRoleAction, { personId: puppet.personId, role: 'editor' });
  const theirs = (await house.link(puppet.personId)).caller;
  const own = (await house.run(admin.caller, createToken, { name: 'own' })).token;
  const asked = await waits(await house.bearer('token', own), 1_500_00n, 'A puppet of a puppet');
  for (const approvalId of [asked, await waits(script, 1_510_00n, 'The same')])
    await expect(house.run(theirs, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.own_appointee' });

  const ada = { ...(await agent()), onBehalfOf: admin.caller.principal };
  const inAdvance = { agent: ada.principal.id, action: 'till.pay', counterparty: 'In advance', unit: 'EUR', cap: '300000' };
  await house.run(theirs, createStandingGrant, inAdvance);
  await waits(ada, 1_500_00n, 'In advance');
  await house.run(people().bob.caller, createStandingGrant, inAdvance);
  price.cents = 1_500_00n;
  await house.run(ada, pay, { to: 'In advance' });
});

test('what needs a yes is not asked for in a session that somebody else has handed over', async () => {
  const { ann } = people();
  price.cents = 1_500_00n;
  const ada = await agent();
  const handedOver = { ...ada, onBehalfOf: { ...ann.caller.principal, handedOver: true as const } };
  await expect(house.run(handedOver, pay, { to: 'Whoever sits there' })).rejects.toMatchObject({
    code: 'governance.handed_over',
  });
});

test('who is switched off does not go on by a token that they made, nor by whom they had invited', async () => {
  const admin = await house.person(['admin']);
  const made = await house.run(admin.caller, createToken, {
    name: 'script',
    role: 'admin',
    scopes: ['*', 'governance.switch.set'],
  });
  const script = await house.bearer('token', made.token);
  await house.call(admin.caller, 'identity.invite-person', { name: 'Spare', email: 'spare@people.test', role: 'admin' });
  await house.call(house.operator, 'governance.switch-off', { kind: 'actor', target: admin.personId, reason: 'stolen' });
  for (const action of ['governance.switch-on', 'governance.switch-off'])
    await expect(house.call(script, action, { kind: 'actor', target: admin.personId })).rejects.toMatchObject({
      code: 'core.switched_off',
    });
  const open = await house.database.rows(
    sql`select 1 from identity.invitations where invited_by = ${admin.personId} and revoked_at is null`,
  );
  expect(open).toEqual([]);
  await house.call(house.operator, 'governance.switch-on', { kind: 'actor', target: admin.personId });
  price.cents = 1_00n;
  await house.run(script, pay, { to: 'as before' });
});

test('a token does what those in charge do themselves only where it is named', async () => {
  const owner = await house.person(['owner']);
  const invites = async (scopes?: string[]) => {
    const { token } = await house.run(owner.caller, createToken, { name: 'script', ...(scopes && { scopes }) });
    const email = `${crypto.randomUUID()}@people.test`;
    return house.call(await house.bearer('token', token), 'identity.invite-person', { name: 'Eve', email }).then(
      () => 'invited',
      (error: { code: string }) => error.code,
    );
  };
  const scopes = [undefined, ['*'], ['identity.*'], ['identity.person.manage'], ['*', 'identity.person.manage']];
  const answers: string[] = [];
  for (const one of scopes) answers.push(await invites(one));
  const needed = 'core.scope_needed';
  // let in, and no role is given by what is cut down
  expect(answers).toEqual([needed, needed, needed, 'identity.beyond_own_rights', 'invited']);
});

test('an Owner makes nobody an Auditor alone; the operator of the machine begins with one', async () => {
  const owner = await house.person(['owner']);
  const somebody = await house.person([]);
  await expect(house.run(owner.caller, grantRoleAction, { personId: somebody.personId, role: 'auditor' })).rejects.toMatchObject({
    code: 'core.approval_needed',
    details: { tier: 3 },
  });
  await house.run(house.operator, grantRoleAction, { personId: somebody.personId, role: 'auditor' });
});

test('a yes in advance covers one agent, action and counterparty, up to its cap, as long as its giver could say it', async () => {
  const { ann, bob } = people();
  const ada = await agent();
  const given = { agent: ada.principal.id, action: 'till.pay', counterparty: 'Printer', unit: 'EUR', cap: '300000' };
  const pays = async (cents: bigint, to = 'Printer') => {
    price.cents = cents;
    return house.run(ada, pay, { to }).then(
      () => 'paid',
      (error: { code: string }) => error.code,
    );
  };
  // of the first tier Ann is asked, of the second somebody else
  const anns = await house.run(ann.caller, createStandingGrant, given);
  const bobs = await house.run(bob.caller, createStandingGrant, given);
  expect(await pays(200_00n)).toBe('paid');
  expect(await pays(1_500_00n)).toBe('paid');
  const { items } = await house.run(ann.caller, listStandingGrants, {});
  expect(items).toMatchObject([{ standingGrantId: anns.standingGrantId, used: '20000', grantedBy: ann.personId }]);

  expect(await pays(200_00n, 'Another')).toBe('core.approval_needed');
  expect(await pays(1_600_00n)).toBe('core.approval_needed'); // beyond what is left
  expect(await pays(10_000_00n)).toBe('core.approval_needed'); // the third tier
  await house.run(ann.caller, revokeStandingGrant, { standingGrantId: anns.standingGrantId });
  expect(await pays(210_00n)).toBe('core.approval_needed');
  expect(await pays(1_100_00n)).toBe('paid');
  await house.call(house.operator, 'governance.switch-off', { kind: 'actor', target: bob.personId, reason: 'stolen' });
  expect(await pays(1_000_00n)).toBe('core.approval_needed');
  await house.call(house.operator, 'governance.switch-on', { kind: 'actor', target: bob.personId });
  house.advance(3_600_001);
  expect(await pays(1_010_00n)).toBe('core.approval_needed'); // its hour is over
  house.advance(-3_600_001);
  expect(bobs.cap).toBe('300000');
});

test('nobody says yes in advance to what they may not do, for no sum, or as a program', async () => {
  const { ann } = people();
  const ada = await agent();
  const given = { agent: ada.principal.id, action: 'till.pay', counterparty: 'Printer', unit: 'EUR', cap: '100' };
  const viewer = await house.person(['viewer']);
  const { token } = await house.run(ann.caller, createToken, { name: 'script' });
  const refused = async (caller: Caller, input: object) =>
    house.run(caller, createStandingGrant, { ...given, ...input }).then(
      () => 'given',
      (error: { code: string }) => error.code,
    );
  expect(await refused(viewer.caller, {})).toBe('governance.beyond_your_rights');
  expect(await refused(await house.bearer('token', token), {})).toBe('core.scope_needed');
  expect(await refused(ann.caller, { cap: '0' })).toBe('governance.no_sum');
  expect(await refused(ann.caller, { agent: ann.personId })).toBe('governance.unknown_actor');
  expect(await refused(ada, {})).toMatch(/core\.(denied|unknown_action)/);
});

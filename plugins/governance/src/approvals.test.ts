import { asOwnerInCall } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { pay, price } from '../testing/till/plugin.ts';
import { ada, startTreasury } from '../testing/treasury.ts';
import { approveCall } from './actions/approve-call.ts';
import { cancelApproval } from './actions/cancel-approval.ts';
import { getApproval } from './actions/get-approval.ts';
import { listApprovals } from './actions/list-approvals.ts';
import { rejectCall } from './actions/reject-call.ts';
import { setRule } from './actions/set-rule.ts';
import { switchOff } from './actions/switch-off.ts';

const HOUR_MS = 3_600_000;
const t = await startTreasury();
let name = 0;
/** Somebody to be paid whom no other test pays. */
const payee = () => `Payee ${++name}`;

const stateOf = async (approvalId: string) => (await t.run(t.owner, getApproval, { approvalId })).state;
const paidTo = async (to: string) => {
  const [row] = await t.database.rows<{ count: string }>(sql`select count(*) from ledger.entries where counterparty = ${to}`);
  return Number(row?.count);
};
const bumpRights = () => t.database.owner((owner) => owner.rows(sql`update core.rights set version = version + 1`));

test('a small sum is paid at once, a larger one waits and has changed nothing', async () => {
  const [small, large] = [payee(), payee()];
  price.cents = 99_99n;
  await t.run(t.ada, pay, { to: small });
  const approvalId = await t.waits(100_00n, large);

  expect([await paidTo(small), await paidTo(large)]).toEqual([1, 0]);
  expect(await t.run(t.ann, getApproval, { approvalId })).toMatchObject({
    state: 'pending',
    tier: 1,
    action: 'till.pay',
    requester: 'ada',
    onBehalfOf: 'ann',
    moves: [{ unit: 'EUR', amount: '10000' }],
    input: { to: large },
  });
  const rows = await t.database.rows(
    sql`select outcome, error from core.audit_entries where call_id = (select parked_call from governance.approvals where id = ${approvalId})`,
  );
  expect(rows).toEqual([{ outcome: 'parked', error: 'core.approval_needed' }]);
});

test('asked twice it waits once; with the yes it is done once, and asked again it answers what was done', async () => {
  const to = payee();
  price.cents = 150_00n;
  const options = { idempotencyKey: `run-${to}` };
  const ask = () => t.call(t.ada, 'till.pay', { to }, options);
  const refusals = await Promise.all([ask().catch((error) => error), ask().catch((error) => error)]);
  const ids = new Set(refusals.map(({ details }) => details.approvalId));
  expect(ids.size).toBe(1);
  const [approvalId] = ids;
  expect(refusals[0].details.url).toMatch(new RegExp(`^http.*/console/approvals/${approvalId}$`));

  await t.run(t.ann, approveCall, { approvalId });
  await t.settle();
  expect([await stateOf(approvalId), await paidTo(to)]).toEqual(['executed', 1]);
  expect(await ask()).toMatchObject({ replayed: true, output: { paid: '15000' } });
  await expect(t.run(t.ann, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.not_open' });
  // an approval that was used opens nothing
  const again = { action: 'till.pay', input: { to }, caller: t.ada, surface: 'test', requestId: 'x', approvalId };
  await expect(t.kernel.execute(again)).rejects.toMatchObject({ code: 'core.not_approved' });
  expect(await paidTo(to)).toBe(1);
});

test('the second tier needs another person, who could do it too', async () => {
  const to = payee();
  const approvalId = await t.waits(1_500_00n, to);
  await expect(t.run(t.ann, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.four_eyes' });
  await expect(t.run(t.eve, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.unknown_approval' });
  await expect(t.run(t.ada, approveCall, { approvalId })).rejects.toMatchObject({ code: 'core.denied' });
  await expect(t.run(t.operator, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.people_only' });
  expect(await stateOf(approvalId)).toBe('pending');

  await t.run(t.bob, approveCall, { approvalId, note: 'Seen the bill.' });
  await t.settle();
  expect([await stateOf(approvalId), await paidTo(to)]).toEqual(['executed', 1]);
});

test('no token and no app of a person votes, no session that somebody else opened, nor who holds the right on one brand alone', async () => {
  const approvalId = await t.waits(1_500_00n, payee());
  const scopes = ['*', 'governance.approval.decide']; // the gate knows of no other reason
  const by = (credential: string) => ({ ...t.bob, principal: { ...t.bob.principal, credential, scopes } });
  for (const credential of ['token:x', 'app:x'])
    await expect(t.run(by(credential), approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.people_only' });
  const handedOver = { ...t.bob, principal: { ...t.bob.principal, handedOver: true as const } };
  await expect(t.run(handedOver, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.people_only' });
  const gil = t.as({ id: 'gil', roles: ['viewer', { role: 'editor', brandId: 'gallery' }] });
  await expect(t.run(gil, getApproval, { approvalId })).rejects.toMatchObject({ code: 'governance.unknown_approval' });
  expect(await stateOf(approvalId)).toBe('pending');
});

test('an app that acts for somebody is bound as an agent is', async () => {
  price.cents = 1_500_00n;
  const app = { ...t.bob, principal: { ...t.bob.principal, credential: 'app:x' } };
  await expect(t.run(app, pay, { to: payee() })).rejects.toMatchObject({ code: 'core.approval_needed', details: { tier: 2 } });
});

test('the first tier is for the person of the agent alone', async () => {
  const approvalId = await t.waits(150_00n, payee());
  await expect(t.run(t.bob, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.not_yours' });
});

test('the third tier needs a fresh sign-in', async () => {
  const approvalId = await t.waits(10_000_00n, payee());
  await expect(t.run(t.bob, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.sign_in_again' });
  expect(await t.run(t.owner, getApproval, { approvalId })).toMatchObject({ state: 'pending', tier: 3, votes: [] });
});

test('what was refused is not done, and not asked for again within the hour', async () => {
  const to = payee();
  const approvalId = await t.waits(150_00n, to);
  await t.run(t.ann, rejectCall, { approvalId, note: 'Not this one.' });
  await expect(t.run(t.ann, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.not_open' });
  await expect(t.run(t.ada, pay, { to })).rejects.toMatchObject({ code: 'governance.refused_before' });
  await t.settle();
  expect([await stateOf(approvalId), await paidTo(to)]).toEqual(['rejected', 0]);
});

test('no more than a hundred calls of one requester wait at once', async () => {
  const house = await startTreasury({ workers: false });
  for (let at = 0; at < 100; at += 1) await house.waits(150_00n, `Number ${at}`);
  await expect(house.run(house.ada, pay, { to: 'One more' })).rejects.toMatchObject({ code: 'governance.too_many_waiting' });
  expect(await house.waits(150_00n, 'Number 7')).toMatch(/-/); // what waits already is found
});

test('whoever asked, or is asked for, can take it back', async () => {
  const approvalId = await t.waits(150_00n, payee());
  await expect(t.run(t.bob, cancelApproval, { approvalId })).rejects.toMatchObject({ code: 'governance.not_requester' });
  expect(await t.run(t.ann, cancelApproval, { approvalId })).toMatchObject({ state: 'cancelled' });
  await expect(t.run(t.ann, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.not_open' });
});

test('lists show what one may decide or has asked for, exactly what can be opened', async () => {
  const approvalId = await t.waits(1_500_00n, payee());
  const seenBy = async (caller: typeof t.ann) => {
    const { items } = await t.run(caller, listApprovals, { limit: 100 });
    const opens = await t.run(caller, getApproval, { approvalId }).then(
      () => true,
      () => false,
    );
    expect(items.some((one) => one.approvalId === approvalId)).toBe(opens);
    return opens;
  };
  expect([await seenBy(t.ann), await seenBy(t.bob), await seenBy(t.ada), await seenBy(t.eve)]).toEqual([true, true, true, false]);
});

test('a list says of each whether one is asked, as the approval itself does', async () => {
  const approvalIds = [await t.waits(150_00n, payee()), await t.waits(1_500_00n, payee())];
  const asked = async (caller: typeof t.ann) => {
    const { items } = await t.run(caller, listApprovals, { limit: 100 });
    const listed = approvalIds.map((id) => items.find(({ approvalId }) => approvalId === id)?.mayVote);
    const opened = approvalIds.map(async (approvalId) => (await t.run(caller, getApproval, { approvalId })).mayVote);
    expect(listed).toEqual(await Promise.all(opened));
    return listed;
  };
  const [toAnn, toBob, toAda] = [await asked(t.ann), await asked(t.bob), await asked(t.ada)];
  expect([toAnn, toBob, toAda]).toEqual([
    [true, false],
    [false, true],
    [false, false],
  ]);
});

test('postings are shown to those who read the books, and to others only how much is moved', async () => {
  const approvalId = await t.waits(1_500_00n, payee());
  const toBob = await t.run(t.bob, getApproval, { approvalId });
  const toOwner = await t.run(t.owner, getApproval, { approvalId });
  expect(toBob.changes).toEqual([]);
  expect(toBob.hiddenChanges).toBe(toOwner.changes.length + toOwner.hiddenChanges);
  expect(toOwner.changes.filter(({ table }) => table === 'ledger.postings')).toHaveLength(2);
});

test('untrusted text makes a consequential call wait, whatever it costs', async () => {
  const to = payee();
  const approvalId = await t.waits(1n, to, { ...ada, tainted: true });
  expect(await paidTo(to)).toBe(0);
  await t.run(t.ann, approveCall, { approvalId });
  await t.settle();
  expect(await paidTo(to)).toBe(1);
});

test('a dry run says whose yes it would need, and keeps nothing', async () => {
  const to = payee();
  price.cents = 1_500_00n;
  const { needs } = await t.call(t.ada, 'till.pay', { to }, { dryRun: true });
  expect(needs).toEqual([{ tier: 2, reason: expect.any(String) }]);
  const kept = sql`select 1 from governance.approvals where input::jsonb ->> 'to' = ${to}`;
  expect(await t.database.rows(kept)).toEqual([]);
});

test('what nobody decides in time cannot be decided any more', async () => {
  const house = await startTreasury({ workers: false });
  const approvalId = await house.waits(150_00n, 'late');
  house.advance(25 * HOUR_MS);
  expect(await house.run(house.ann, getApproval, { approvalId })).toMatchObject({ state: 'expired' });
  await expect(house.run(house.ann, approveCall, { approvalId })).rejects.toMatchObject({ code: 'governance.not_open' });
  // asked for again it waits anew
  expect(await house.waits(150_00n, 'late')).not.toBe(approvalId);
});

/** A yes is given; `meanwhile` comes before anything is done. */
async function betweenYesAndRun(meanwhile: (house: Awaited<ReturnType<typeof startTreasury>>) => Promise<unknown> | unknown) {
  const house = await startTreasury({ workers: false });
  const approvalId = await house.waits(1_500_00n, 'soon');
  await house.run(house.bob, approveCall, { approvalId });
  await meanwhile(house);
  await house.database.owner((owner) => owner.rows(sql`update core.rights set version = version + 1`));
  await house.kernel.startWorkers({ concurrency: 2 });
  await house.settle();
  const { items } = await house.run(house.owner, listApprovals, {});
  return { ...items.find((one) => one.approvalId === approvalId), payments: await house.payments(), items };
}

const bobsSpare = { id: 'bill', roles: ['editor'] } as const;

test('two who say yes at once have it done once', async () => {
  const to = payee();
  const approvalId = await t.waits(1_500_00n, to);
  const votes = [t.bob, t.as(bobsSpare)].map((who) => t.run(who, approveCall, { approvalId }));
  const said = await Promise.allSettled(votes);
  expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await t.settle();
  expect([await stateOf(approvalId), await paidTo(to)]).toEqual(['executed', 1]);
});

test('a yes is for the input that was shown: with another one it is asked for anew, and nothing is done', async () => {
  const house = await startTreasury({ workers: false });
  const approvalId = await house.waits(1_500_00n, 'shown');
  await house.run(house.bob, approveCall, { approvalId });
  const call = { action: 'till.pay', input: { to: 'another' }, caller: house.ada, surface: 'test', requestId: 'x', approvalId };
  await expect(house.kernel.execute(call)).rejects.toMatchObject({ code: 'core.approval_needed' });
  expect(await house.payments()).toBe(0);
});

test.each([
  ['whoever asked has lost the right', (h) => h.as({ id: 'ann', roles: ['viewer'] }), 'core.unknown_action'],
  ['the agent is gone', (h) => h.forget('ada'), 'core.bad_credentials'],
  ['whoever said yes has lost the right', (h) => h.as({ id: 'bob', roles: ['viewer'] }), 'core.approver_lost'],
  [
    'whoever said yes is switched off',
    (h) => h.run(h.owner, switchOff, { kind: 'actor', target: 'bob', reason: 'stolen' }),
    'core.approver_lost',
  ],
  [
    'a rule forbids it since',
    (h) => h.run(h.owner, setRule, { name: 'no', target: 'till.pay', policy: 'forbid (principal, action, resource);' }),
    'core.denied',
  ],
  [
    'a rule forbids it to whoever said yes',
    (h) => {
      const policy = 'forbid (principal == Actor::"bob", action, resource);';
      return h.run(h.owner, setRule, { name: 'not-bob', target: 'till.pay', policy });
    },
    'core.approver_lost',
  ],
] satisfies [string, Parameters<typeof betweenYesAndRun>[0], string][])(
  '%s: an approved call fails, once',
  async (_name, meanwhile, error) => {
    expect(await betweenYesAndRun(meanwhile)).toMatchObject({ state: 'failed', error, payments: 0 });
  },
);

test('what is switched off after the yes is not done', async () => {
  const stop = { kind: 'actor', target: 'ada', reason: 'x' } as const;
  expect(await betweenYesAndRun((house) => house.run(house.owner, switchOff, stop))).toMatchObject({ payments: 0 });
});

test('a price that changed after the yes rolls back, and asks anew with what it costs now', async () => {
  const found = await betweenYesAndRun(() => {
    price.cents = 1_600_00n;
  });
  expect(found).toMatchObject({ state: 'replaced', payments: 0 });
  const anew = found.items.find(({ approvalId }) => approvalId === found.replacedBy);
  expect(anew).toMatchObject({ state: 'pending', moves: [{ unit: 'EUR', amount: '160000' }] });
});

test('a yes that comes too late for its own expiry does nothing', async () => {
  expect(await betweenYesAndRun((house) => house.advance(25 * HOUR_MS))).toMatchObject({ payments: 0 });
});

test('the database itself refuses a yes without votes, a vote for oneself and a changed input', async () => {
  const approvalId = await t.waits(1_500_00n, payee());
  await bumpRights();
  const asCall = (query: ReturnType<typeof sql>) => asOwnerInCall(t.database, query);
  await expect(asCall(sql`update governance.approvals set state = 'approved' where id = ${approvalId}`)).rejects.toThrow(/votes/);
  await expect(asCall(sql`update governance.approvals set input = '{}' where id = ${approvalId}`)).rejects.toThrow(/refused/);
  const vote = (person: string) => sql`insert into governance.votes values (${approvalId}, ${person}, 'yes', '', now())`;
  await expect(asCall(vote('ann'))).rejects.toThrow(/another person/);
  await expect(asCall(vote('ada'))).rejects.toThrow(/another person/);
});

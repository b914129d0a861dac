import { defineAction } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EVERY_SCOPE, startHouse } from '../testing/house.ts';
import { createToken } from './actions/create-token.ts';
import { getMe } from './actions/get-me.ts';
import { listSessions } from './actions/list-sessions.ts';
import { listTokens } from './actions/list-tokens.ts';
import { refreshSession } from './actions/refresh-session.ts';
import { revokeSession } from './actions/revoke-session.ts';
import { signOut } from './actions/sign-out.ts';
import { identityPlugin } from './index.ts';
import { sweepExpired } from './jobs.ts';

const house = await startHouse();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test('a session ends after seven idle days, and is put off by refreshing up to its thirtieth day', async () => {
  const house = await startHouse(); // its clock is moved
  const { personId } = await house.person();
  const start = Date.now();
  let now = start;
  const kept = await house.link(personId);
  const left = await house.link(personId);

  for (const day of [6, 12, 18, 24, 29]) {
    house.advance(start + day * DAY - now);
    now = start + day * DAY;
    const { expiresAt } = await house.run(kept.caller, refreshSession, {});
    expect(Date.parse(expiresAt)).toBeLessThan(start + 30 * DAY + HOUR);
    expect(await house.bearer('session', kept.session)).toHaveProperty('principal');
  }
  await expect(house.bearer('session', left.session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  house.advance(DAY + HOUR);
  await expect(house.bearer('session', kept.session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
});

test('the session of staff ends after twelve hours, refreshed or not', async () => {
  const house = await startHouse(); // its clock is moved
  const { session, caller } = await house.link();
  house.advance(11 * HOUR);
  await house.run(caller, refreshSession, {});
  house.advance(HOUR);
  await expect(house.bearer('session', session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
});

test('signing out ends this session and no other', async () => {
  const { personId } = await house.person();
  const [one, other] = [await house.link(personId), await house.link(personId)];

  await house.run(one.caller, signOut, {});

  await expect(house.bearer('session', one.session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  expect(await house.bearer('session', other.session)).toHaveProperty('principal');
  await expect(house.run(house.guest, signOut, {})).rejects.toMatchObject({ code: 'identity.no_session' });
});

test('people see and end their own sessions, managers those of the people below them, strangers none', async () => {
  const [ann, bob, admin, owner] = [
    await house.person(),
    await house.person(),
    await house.person(['admin']),
    await house.link(),
  ];
  const { items } = await house.run(ann.caller, listSessions, {});
  expect(items).toEqual([expect.objectContaining({ openedBy: 'link', current: true })]);
  const sessionId = items[0]?.sessionId ?? '';

  await expect(house.run(bob.caller, revokeSession, { sessionId })).rejects.toMatchObject({ code: 'identity.unknown_session' });
  await expect(house.run(bob.caller, listSessions, { personId: ann.personId })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
  await expect(house.run(admin.caller, listSessions, { personId: owner.personId })).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
  await house.run(admin.caller, revokeSession, { sessionId });
  expect((await house.run(admin.caller, listSessions, { personId: ann.personId })).items).toEqual([]);
});

test('deactivation ends the tokens too that were made by tokens of their own, however far down', async () => {
  const { personId, caller } = await house.person(['admin']);
  const other = await house.person(['admin']);
  const make = async (by: typeof caller) =>
    house.bearer('token', (await house.run(by, createToken, { name: 'machine', role: 'admin', scopes: EVERY_SCOPE })).token);
  const [child, kept] = [await make(caller), await make(other.caller)];
  const grandchild = await make(child);
  await house.call(house.operator, 'identity.deactivate-person', { personId });

  for (const ended of [child, grandchild])
    expect((await house.run(house.operator, listTokens, { everybody: true, limit: 100 })).items).not.toContainEqual(
      expect.objectContaining({ actorId: ended.principal.id }),
    );
  expect(await house.run(kept, getMe, {})).toMatchObject({ name: 'machine' });
});

test('deactivation ends sessions, links and tokens at once, and what was signed in can do nothing more', async () => {
  const { personId, caller } = await house.person(['editor']);
  const { token } = (await house.call(caller, 'identity.create-token', { name: 'script' })).output as { token: string };
  const { session } = await house.link(personId);
  const { link } = (await house.call(house.operator, 'identity.create-link', { personId })).output as { link: string };

  await house.call(house.operator, 'identity.deactivate-person', { personId });

  await expect(house.bearer('session', session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(house.bearer('token', token)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(house.call(house.guest, 'identity.redeem-link', { link })).rejects.toMatchObject({
    code: 'identity.link_expired',
  });
  await expect(house.run(caller, getMe, {})).rejects.toMatchObject({ code: 'core.bad_credentials' });

  await house.call(house.operator, 'identity.reactivate-person', { personId });
  await expect(house.call(house.guest, 'identity.redeem-link', { link })).rejects.toMatchObject({
    code: 'identity.link_expired',
  });
  await expect(house.bearer('token', token)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  expect((await house.run((await house.link(personId)).caller, getMe, {})).roles).toEqual([{ role: 'editor' }]);
});

test('sessions and links that nobody can use any more are swept every night', async () => {
  const sweepNow = defineAction({
    name: 'identity.sweep-now',
    title: 'Sweep',
    description: "Does tonight's work now.",
    effect: 'write',
    consequential: false,
    risk: 'low',
    permission: 'identity.person.manage',
    input: z.strictObject({}),
    output: z.strictObject({}),
    async handler(ctx) {
      await ctx.enqueue(sweepExpired, {});
      return {};
    },
  });
  const house = await startHouse([], { ...identityPlugin, actions: [...identityPlugin.actions, sweepNow] });
  const expired = await house.person();
  house.advance(8 * DAY);
  const { personId, session } = await house.person().then(({ personId }) => house.link(personId));
  await house.kernel.startWorkers({ concurrency: 1 });
  await house.run(house.operator, sweepNow, {});
  await house.settle();

  const left = await house.database.rows<{ actor_id: string }>(sql`select actor_id from identity.sessions`);
  expect(left.map((row) => row.actor_id)).toContain(personId);
  expect(left.map((row) => row.actor_id)).not.toContain(expired.personId);
  expect(await house.bearer('session', session)).toHaveProperty('principal');
  const links = await house.database.rows(sql`select 1 from identity.sign_in_links where actor_id = ${expired.personId}`);
  expect(links).toEqual([]);
});

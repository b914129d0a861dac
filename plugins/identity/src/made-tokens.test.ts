import { defineAction, definePlugin } from '@troupe-os/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EVERY_SCOPE, startHouse } from '../testing/house.ts';
import { acceptInvitation } from './actions/accept-invitation.ts';
import { createRole } from './actions/create-role.ts';
import { createToken } from './actions/create-token.ts';
import { grantRoleAction } from './actions/grant-role.ts';
import { invitePerson } from './actions/invite-person.ts';
import { listInvitations } from './actions/list-invitations.ts';
import { revokeRoleAction } from './actions/revoke-role.ts';
import { revokeToken } from './actions/revoke-token.ts';
import { updateRole } from './actions/update-role.ts';
import { identityPort } from './contract.ts';
import { handsOf } from './made-tokens.ts';

const said = { effect: 'write', consequential: false, risk: 'low', permission: 'watch.people.see' } as const;
const whom = z.strictObject({ ids: z.array(z.string()) });

/** Another plugin, which looks at who stands behind whom. */
const hands = defineAction({
  ...said,
  name: 'watch.hands',
  title: 'Hands',
  description: 'Whose hands somebody is in.',
  input: whom,
  output: whom,
  handler: async (ctx, { ids }) => ({ ids: await handsOf(ctx.db, ids) }),
});
const appointers = defineAction({
  ...said,
  name: 'watch.appointers',
  title: 'Appointers',
  description: 'Who has appointed somebody within a day.',
  input: whom,
  output: whom,
  async handler(ctx, { ids: [id = ''] }) {
    return { ids: await ctx.use(identityPort).appointers(id, new Date(+ctx.now - DAY_MS)) };
  },
});
const endInvitations = defineAction({
  ...said,
  name: 'watch.end-invitations',
  title: 'End invitations',
  description: 'Ends what somebody invited to.',
  input: whom,
  output: whom,
  async handler(ctx, { ids }) {
    for (const id of ids) await ctx.use(identityPort).endInvitations(id);
    return { ids };
  },
});
const watch = definePlugin({
  id: 'watch',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'watch.people.see': { title: 'Look', roles: ['admin'] } },
  tables: {},
  actions: [hands, appointers, endInvitations],
  requires: { identity: ['appointers', 'endInvitations'] },
});

const DAY_MS = 24 * 3_600_000;
const house = await startHouse([watch], undefined, { workers: true });
type Caller = typeof house.guest;

/** A token that is an actor of its own. */
async function madeBy(caller: Caller, role: 'admin' | 'viewer' = 'admin') {
  const { token, actorId, tokenId } = await house.run(caller, createToken, { name: 'script', role, scopes: EVERY_SCOPE });
  return { actorId, tokenId, caller: await house.bearer('token', token) };
}

async function askedOf({ name }: { readonly name: string }, ...ids: string[]): Promise<string[]> {
  const { output } = await house.call(house.operator, name, { ids });
  return (output as z.infer<typeof whom>).ids.toSorted();
}

async function invites(caller: Caller) {
  const email = `${crypto.randomUUID()}@people.test`;
  const { invitationId } = await house.run(caller, invitePerson, { name: 'Zoë', email, role: 'viewer' });
  await house.settle();
  const letter = (await house.letters()).find(({ to }) => to === email);
  return { invitationId, invitation: /token=(\S+)/.exec(letter?.text ?? '')?.[1] ?? '' };
}

test('in whose hands somebody is: the maker of their token, the maker of that one, though the tokens should have ended', async () => {
  const admin = await house.person(['admin']);
  const first = await madeBy(admin.caller);
  const second = await madeBy(first.caller, 'viewer');
  await house.run(admin.caller, createToken, { name: "one's own" });
  const both = [admin.personId, first.actorId].toSorted();
  expect(await askedOf(hands, second.actorId)).toEqual(both);
  expect(await askedOf(hands, first.actorId, 'local-operator', 'nobody')).toEqual([admin.personId]);
  expect(await askedOf(hands, admin.personId)).toEqual([]);
  expect(await askedOf(hands)).toEqual([]);
  for (const { tokenId } of [second, first]) await house.run(admin.caller, revokeToken, { tokenId });
  expect(await askedOf(hands, second.actorId, first.actorId)).toEqual(both);
});

test('who stands behind an appointment: the givers of a role since then, theirs, and whoever has one of these in their hands', async () => {
  const [admin, puppet] = [await house.person(['admin']), await house.person()];
  const token = await madeBy(admin.caller);
  await house.run(token.caller, grantRoleAction, { personId: puppet.personId, role: 'admin' });
  const second = await house.person();
  const { caller } = await house.link(puppet.personId);
  await house.run(caller, grantRoleAction, { personId: second.personId, role: 'viewer' });

  const behind = [puppet.personId, token.actorId, admin.personId].toSorted(); // the operator gave the first of them, and is nobody's other person
  expect(await askedOf(appointers, second.personId)).toEqual(behind);
  expect(await askedOf(appointers, puppet.personId)).toEqual(behind.filter((id) => id !== puppet.personId));
  expect(await askedOf(appointers, 'local-operator')).toEqual([]);

  house.advance(DAY_MS + 1000);
  expect(await askedOf(appointers, second.personId)).toEqual([]);
  const third = await house.person();
  await house.run(token.caller, grantRoleAction, { personId: third.personId, role: 'viewer' });
  expect(await askedOf(appointers, third.personId)).toEqual([admin.personId, token.actorId].toSorted());
  house.advance(-DAY_MS - 1000);
});

test('invitations of somebody and of the tokens that they made end together, and so they do when a role is lost or changed', async () => {
  await house.run(house.operator, createRole, { roleId: 'waning', name: 'Waning', permissions: ['identity.person.read'] });
  const ways = [
    (personId: string) => askedOf(endInvitations, personId),
    (personId: string) => house.run(house.operator, revokeRoleAction, { personId, role: 'viewer' }),
    () => house.run(house.operator, updateRole, { roleId: 'waning', permissions: ['identity.brand.read'] }),
  ];
  for (const [place, end] of ways.entries()) {
    const admin = await house.person(['admin', 'viewer', { role: 'waning' }]);
    const second = await madeBy((await madeBy(admin.caller)).caller);
    const [own, made, others] = [
      await invites(admin.caller),
      await invites(second.caller),
      await invites((await house.person(['admin'])).caller),
    ];
    await end(admin.personId);
    for (const { invitation } of [own, made])
      await expect(house.run(house.guest, acceptInvitation, { invitation }), String(place)).rejects.toMatchObject({
        code: 'identity.invitation_expired',
      });
    expect(await house.run(house.guest, acceptInvitation, { invitation: others.invitation })).toHaveProperty('session');
  }
  const { invitationId } = await invites(house.operator);
  await askedOf(endInvitations, 'local-operator');
  const { items } = await house.run(house.operator, listInvitations, {});
  expect(items.map((one) => one.invitationId)).not.toContain(invitationId);
});

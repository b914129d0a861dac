import { expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';
import { createRole } from './actions/create-role.ts';
import { getMe } from './actions/get-me.ts';
import { grantRoleAction } from './actions/grant-role.ts';
import { listPeople } from './actions/list-people.ts';
import { revokeRoleAction } from './actions/revoke-role.ts';

const house = await startHouse();
const beyond = { code: 'identity.beyond_own_rights' };

test('a fresh house has three brands and one Owner without a password', async () => {
  const owner = await house.owner();
  expect(await house.run(owner, getMe, {})).toMatchObject({
    name: 'Owner',
    email: 'owner@troupe.local',
    hasPassword: false,
    roles: [{ role: 'owner' }],
  });
  const { items } = (await house.call(house.guest, 'identity.list-brands', {})).output as { items: unknown[] };
  expect(items).toEqual([
    { brandId: 'gallery', name: 'Gallery' },
    { brandId: 'vault', name: 'Vault' },
    { brandId: 'zig-zag', name: 'ZIG ZAG' },
  ]);
});

test('nobody gives what they lack: an Admin makes no Owner, an Editor nobody', async () => {
  const [admin, editor, somebody] = [await house.person(['admin']), await house.person(['editor']), await house.person()];
  const { personId } = somebody;

  await expect(house.run(admin.caller, grantRoleAction, { personId, role: 'owner' })).rejects.toMatchObject(beyond);
  await expect(house.run(admin.caller, grantRoleAction, { personId: admin.personId, role: 'owner' })).rejects.toMatchObject(
    beyond,
  );
  await expect(house.run(editor.caller, grantRoleAction, { personId, role: 'viewer' })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
  await house.run(admin.caller, grantRoleAction, { personId, role: 'admin' });
  await expect(house.run(admin.caller, grantRoleAction, { personId, role: 'admin' })).rejects.toMatchObject({
    code: 'identity.already_granted',
  });
});

test('an Admin of a brand gives and takes roles on that brand alone, and sees its people alone', async () => {
  const admin = await house.person([{ role: 'admin', brandId: 'gallery' }]);
  const other = await house.person([{ role: 'viewer', brandId: 'vault' }]);
  const { personId } = await house.person();
  const give = (role: 'admin' | 'editor', brandId?: string) =>
    house.run(admin.caller, grantRoleAction, { personId, role, ...(brandId && { brandId }) });

  await give('editor', 'gallery');
  await expect(give('editor', 'vault')).rejects.toMatchObject(beyond);
  await expect(give('editor')).rejects.toMatchObject(beyond);
  await expect(
    house.run(admin.caller, revokeRoleAction, { personId: other.personId, role: 'viewer', brandId: 'vault' }),
  ).rejects.toMatchObject(beyond);
  await expect(house.call(admin.caller, 'identity.create-link', { personId })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });

  const { items } = await house.run(admin.caller, listPeople, { limit: 100 });
  expect(items.map((person) => person.personId).sort()).toEqual([admin.personId, personId].sort());
});

test('an Admin gets no hold on the account of an Owner', async () => {
  const admin = await house.person(['admin']);
  const owner = await house.person(['owner']);
  for (const action of ['create-link', 'update-person', 'deactivate-person', 'list-tokens']) {
    await expect(house.call(admin.caller, `identity.${action}`, { personId: owner.personId })).rejects.toMatchObject(beyond);
  }
  await expect(house.run(admin.caller, revokeRoleAction, { personId: owner.personId, role: 'owner' })).rejects.toMatchObject(
    beyond,
  );
});

test('nobody changes the roles of whoever is in charge of the whole company by a role that they could not give', async () => {
  for (const [roleId, permission] of [
    ['people-keeper', 'identity.person.read'],
    ['stroller', 'identity.brand.read'],
  ] as const)
    await house.run(house.operator, createRole, { roleId, name: roleId, permissions: [permission] });
  const onBrand = await house.person([{ role: 'admin', brandId: 'gallery' }]);
  const admin = await house.person(['admin']);
  const guest = { role: 'guest', brandId: 'gallery' };
  const cases = [
    [onBrand.caller, ['owner', 'admin', 'people-keeper', 'auditor'], ['editor', 'stroller']],
    [admin.caller, ['owner', 'auditor'], ['admin', 'people-keeper']],
  ] as const;
  for (const [caller, above, others] of cases) {
    for (const role of above) {
      const { personId } = await house.person();
      await house.run(house.operator, grantRoleAction, { personId, role });
      await expect(house.run(caller, grantRoleAction, { personId, ...guest }), role).rejects.toMatchObject(beyond);
      await house.run(house.operator, grantRoleAction, { personId, ...guest });
      await expect(house.run(caller, revokeRoleAction, { personId, ...guest }), role).rejects.toMatchObject(beyond);
    }
    for (const held of [{ role: 'admin', brandId: 'vault' }, ...others.map((role) => ({ role }))]) {
      const { personId } = await house.person([held]);
      await house.run(caller, grantRoleAction, { personId, ...guest });
      await house.run(caller, revokeRoleAction, { personId, ...guest });
    }
  }
  await house.run(house.operator, grantRoleAction, { personId: onBrand.personId, role: 'people-keeper' });
  const { caller } = await house.link(onBrand.personId);
  await house.run(caller, grantRoleAction, { personId: onBrand.personId, ...guest });
});

test('the last active Owner of the company stays, by whatever way they would go', async () => {
  const house = await startHouse();
  const last = { code: 'identity.last_owner' };
  const { personId } = await house.link();
  await expect(house.run(house.operator, revokeRoleAction, { personId, role: 'owner' })).rejects.toMatchObject(last);
  await expect(house.call(house.operator, 'identity.deactivate-person', { personId })).rejects.toMatchObject(last);
  // a token that acts as Owner is nobody who could sign in
  await house.call(house.operator, 'identity.create-token', { name: 'script', role: 'owner' });
  await expect(house.run(house.operator, revokeRoleAction, { personId, role: 'owner' })).rejects.toMatchObject(last);

  const second = await house.person(['owner']);
  const both = [personId, second.personId].map((one) =>
    house.run(house.operator, revokeRoleAction, { personId: one, role: 'owner' }),
  );
  const outcomes = await Promise.allSettled(both);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('whose rights change signs in again, and a lost right is lost at once', async () => {
  const { personId, caller } = await house.person(['admin']);
  const { session } = await house.link(personId);
  await house.run(house.operator, revokeRoleAction, { personId, role: 'admin' });

  await expect(house.bearer('session', session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(house.run(caller, listPeople, {})).rejects.toMatchObject({ code: 'core.unknown_action' });
});

test('people are listed page by page, and a made-up cursor is refused', async () => {
  for (let n = 0; n < 3; n++) await house.person();
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await house.run(house.operator, listPeople, { limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map((person) => person.personId));
    cursor = page.nextCursor;
  } while (cursor);

  const { items } = await house.run(house.operator, listPeople, { limit: 100 });
  expect(seen).toEqual(items.map((person) => person.personId));
  for (const cursor of ['nonsense', Buffer.from('["yesterday","me"]').toString('base64url')]) {
    await expect(house.run(house.operator, listPeople, { cursor })).rejects.toMatchObject({ code: 'core.bad_cursor' });
  }
});

test('who loses a role loses the tokens that they made for others to use', async () => {
  const admin = await house.person(['admin']);
  const made = await house.call(admin.caller, 'identity.create-token', { name: 'spare', role: 'admin' });
  const { token } = made.output as { token: string };
  await house.run(house.operator, revokeRoleAction, { personId: admin.personId, role: 'admin' });
  await expect(house.bearer('token', token)).rejects.toMatchObject({ code: 'core.bad_credentials' });
});

import { expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';
import { createRole } from './actions/create-role.ts';
import { getMe } from './actions/get-me.ts';
import { grantRoleAction } from './actions/grant-role.ts';
import { listPeople } from './actions/list-people.ts';
import { revokeRoleAction } from './actions/revoke-role.ts';

const house = await startHouse();
const elsewhere = { code: 'identity.auditor_elsewhere' };
const apart = { code: 'identity.auditor_apart' };
const auditor = { role: 'auditor' } as const;

test('an Auditor reads who did and may do what, and changes nothing', async () => {
  const { personId, caller } = await house.person();
  await house.run(await house.owner(), grantRoleAction, { personId, ...auditor });
  const again = await house.link(personId).catch((error: unknown) => error);
  expect(again).toMatchObject(apart);

  const { permissions } = await house.run(caller, getMe, {});
  const own = (await house.run((await house.person()).caller, getMe, {})).permissions.map(({ name }) => name);
  expect(
    permissions
      .map(({ name }) => name)
      .filter((name) => !own.includes(name))
      .sort(),
  ).toEqual(['identity.credential.read', 'identity.department.read', 'identity.person.read', 'identity.role.read']);
  expect((await house.run(caller, listPeople, { limit: 100 })).items).toContainEqual(
    expect.objectContaining({ personId, roles: [auditor] }),
  );
});

test('the role is given by an Owner to another person who signs in, on the whole company', async () => {
  const [admin, somebody, second] = [await house.person(['admin']), await house.person(), await house.person(['owner'])];
  const owner = await house.link();
  const give = (caller: typeof house.operator, personId: string, place = {}) =>
    house.run(caller, grantRoleAction, { personId, ...auditor, ...place });

  await expect(give(admin.caller, somebody.personId)).rejects.toMatchObject({ code: 'identity.beyond_own_rights' });
  await expect(give(owner.caller, owner.personId)).rejects.toMatchObject(elsewhere);
  await expect(give(owner.caller, second.personId)).rejects.toMatchObject(apart);
  for (const place of [{ brandId: 'gallery' }, { departmentId: 'finance' }])
    await expect(give(owner.caller, somebody.personId, place)).rejects.toMatchObject(elsewhere);
  const script = (await house.call(owner.caller, 'identity.create-token', { name: 'script', role: 'viewer' })).output as {
    actorId: string;
  };
  await expect(give(owner.caller, script.actorId)).rejects.toMatchObject(elsewhere);

  await give(owner.caller, somebody.personId);
  await expect(house.run(owner.caller, grantRoleAction, { personId: somebody.personId, role: 'owner' })).rejects.toMatchObject(
    apart,
  );
  await expect(house.run(admin.caller, revokeRoleAction, { personId: somebody.personId, ...auditor })).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
  await house.run(owner.caller, revokeRoleAction, { personId: somebody.personId, ...auditor });
});

test('nobody gives it to themselves by a role of the company', async () => {
  const permissions = ['identity.auditor-role.grant', 'identity.role.grant'];
  await house.run(house.operator, createRole, { roleId: 'auditors-maker', name: 'Makes Auditors', permissions });
  const maker = await house.person([{ role: 'auditors-maker' }]);
  await expect(house.run(maker.caller, grantRoleAction, { personId: maker.personId, ...auditor })).rejects.toMatchObject(
    elsewhere,
  );
});

test('an Owner takes an Auditor out, and does not sign in as one', async () => {
  const { personId } = await house.person();
  await house.run(house.operator, grantRoleAction, { personId, ...auditor });
  for (const [action, more] of [
    ['create-link', {}],
    ['update-person', { email: 'an-address-of-mine@people.test' }],
  ] as const)
    await expect(house.call(house.operator, `identity.${action}`, { personId, ...more }), action).rejects.toMatchObject(apart);
  await house.call(house.operator, 'identity.deactivate-person', { personId });
});

import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';
import { createRole } from './actions/create-role.ts';
import { deleteRole } from './actions/delete-role.ts';
import { getMe } from './actions/get-me.ts';
import { grantRoleAction } from './actions/grant-role.ts';
import { listPeople } from './actions/list-people.ts';
import { listRoles } from './actions/list-roles.ts';
import { revokeRoleAction } from './actions/revoke-role.ts';
import { updateRole } from './actions/update-role.ts';

const house = await startHouse();
const beyond = { code: 'identity.beyond_own_rights' };
const made = (roleId: string, permissions: string[]) => ({ roleId, name: 'A role of ours', permissions });

test('a role of the company opens what it holds, where it is held, and nothing else', async () => {
  await house.run(house.operator, createRole, made('people-reader', ['identity.person.read']));
  const [everywhere, onBrand, inDepartment] = [
    await house.person([{ role: 'people-reader' }]),
    await house.person([{ role: 'people-reader', brandId: 'gallery' }]),
    await house.person([{ role: 'people-reader', departmentId: 'finance' }]),
  ];

  expect((await house.run(everywhere.caller, listPeople, {})).items.length).toBeGreaterThan(2);
  expect((await house.run(onBrand.caller, listPeople, {})).items).toMatchObject([{ personId: onBrand.personId }]);
  await expect(house.run(inDepartment.caller, listPeople, {})).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(house.call(everywhere.caller, 'identity.create-brand', {})).rejects.toMatchObject({ code: 'core.unknown_action' });
  expect((await house.run(everywhere.caller, getMe, {})).roles).toEqual([{ role: 'people-reader' }]);
  expect((await house.run(house.operator, listRoles, {})).items).toContainEqual(made('people-reader', ['identity.person.read']));
});

test('a role holds only what its author holds, company-wide and with no token cut down', async () => {
  const [admin, onBrand] = [await house.person(['admin']), await house.person([{ role: 'admin', brandId: 'gallery' }])];
  const above = made('maker-of-owners', ['identity.person.read', 'identity.owner-role.grant']);

  await expect(house.run(admin.caller, createRole, above)).rejects.toMatchObject({
    ...beyond,
    details: { permissions: ['identity.owner-role.grant'] },
  });
  await expect(house.run(house.operator, createRole, made('made-up', ['ledger.nothing.known']))).rejects.toMatchObject(beyond);
  await expect(house.run(onBrand.caller, createRole, made('small', ['identity.person.read']))).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
  const cut = (
    await house.call(admin.caller, 'identity.create-token', { name: 'cut', scopes: ['identity.*', 'identity.role.define'] })
  ).output as {
    token: string;
  };
  await expect(
    house.run(await house.bearer('token', cut.token), createRole, made('small', ['identity.person.read'])),
  ).rejects.toMatchObject(beyond);

  await house.run(house.operator, createRole, above);
  await expect(
    house.run(admin.caller, updateRole, { roleId: above.roleId, permissions: ['identity.person.read'] }),
  ).rejects.toMatchObject(beyond);
  const { personId } = await house.person();
  await expect(house.run(admin.caller, grantRoleAction, { personId, role: above.roleId })).rejects.toMatchObject(beyond);
});

test('whoever may give roles by such a role gives no built-in role that they do not hold', async () => {
  await house.run(
    house.operator,
    createRole,
    made('giver', ['identity.role.grant', 'identity.owner-role.grant', 'identity.person.manage']),
  );
  const giver = await house.person([{ role: 'giver' }, 'viewer']);
  const [somebody, admin] = [await house.person(), await house.person(['admin'])];
  const give = (personId: string, role: string) => house.run(giver.caller, grantRoleAction, { personId, role });

  for (const role of ['owner', 'admin', 'editor', 'people-reader'])
    await expect(give(somebody.personId, role), role).rejects.toMatchObject(beyond);
  await expect(give(giver.personId, 'admin')).rejects.toMatchObject(beyond);
  await expect(house.call(giver.caller, 'identity.create-link', { personId: admin.personId })).rejects.toMatchObject(beyond);
  await give(somebody.personId, 'viewer');
  await expect(give(somebody.personId, 'nobody-made-it')).rejects.toMatchObject({ code: 'identity.unknown_role' });
});

test('whose role changes signs in again, and what it held is lost at once', async () => {
  await house.run(house.operator, createRole, made('shrinking', ['identity.person.read', 'identity.brand.create']));
  const { personId, caller } = await house.person([{ role: 'shrinking' }]);
  const { session } = await house.link(personId);

  await house.run(house.operator, updateRole, { roleId: 'shrinking', name: 'Renamed only' });
  expect(await house.bearer('session', session)).toHaveProperty('principal');
  await house.run(house.operator, updateRole, { roleId: 'shrinking', permissions: ['identity.brand.create'] });
  await expect(house.bearer('session', session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(house.run(caller, listPeople, {})).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(house.run(house.operator, updateRole, { roleId: 'shrinking' })).rejects.toMatchObject({
    code: 'identity.nothing_to_change',
  });
});

test('a role that somebody holds is not deleted, and neither is a built-in one', async () => {
  await house.run(house.operator, createRole, made('passing', ['identity.person.read']));
  const { personId } = await house.person([{ role: 'passing' }]);
  await expect(house.run(house.operator, deleteRole, { roleId: 'passing' })).rejects.toMatchObject({
    code: 'identity.role_in_use',
  });
  await house.run(house.operator, revokeRoleAction, { personId, role: 'passing' });
  await house.run(house.operator, deleteRole, { roleId: 'passing' });

  for (const roleId of ['passing', 'viewer', 'auditor']) {
    await expect(house.run(house.operator, deleteRole, { roleId }), roleId).rejects.toMatchObject({
      code: 'identity.unknown_role',
    });
  }
  await expect(house.run(house.operator, createRole, made('viewer', ['identity.person.read']))).rejects.toMatchObject({
    code: 'identity.role_taken',
  });
});

test('an Owner takes a role back of whose permissions one is gone with its plugin', async () => {
  await house.run(house.operator, createRole, made('stale', ['identity.person.read']));
  const { personId } = await house.person([{ role: 'stale' }]);
  const admin = await house.person(['admin']);
  await house.database.owner((owner) =>
    owner.script(`set session_replication_role = replica;
      update identity.roles set permissions = '{gone.thing.do}' where id = 'stale';
      update core.rights set version = version + 1;
      set session_replication_role = default`),
  );
  await expect(house.run(admin.caller, revokeRoleAction, { personId, role: 'stale' })).rejects.toMatchObject(beyond);
  await house.run(house.operator, revokeRoleAction, { personId, role: 'stale' });
  const left = await house.database.rows(sql`select 1 from identity.grants where role = 'stale'`);
  expect(left).toEqual([]);
});

test('a sign-in link that was made before somebody gained a role is of no use afterwards', async () => {
  const [admin, somebody] = [await house.person(['admin']), await house.person()];
  const { link } = (await house.call(admin.caller, 'identity.create-link', { personId: somebody.personId })).output as {
    link: string;
  };
  await house.run(house.operator, grantRoleAction, { personId: somebody.personId, role: 'owner' });
  await expect(house.call(house.guest, 'identity.redeem-link', { link })).rejects.toMatchObject({
    code: 'identity.link_expired',
  });
});

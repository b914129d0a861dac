import { defineAction, definePlugin, definePolicy, holdsRole } from '@troupe-os/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startHouse } from '../testing/house.ts';
import { createDepartment } from './actions/create-department.ts';
import { getMe } from './actions/get-me.ts';
import { grantRoleAction } from './actions/grant-role.ts';
import { listDepartments } from './actions/list-departments.ts';
import { listMembers } from './actions/list-members.ts';
import { revokeRoleAction } from './actions/revoke-role.ts';

/** Everybody signed in may ask for money; a rule lets those have it who hold Admin on the department finance. */
const payOut = defineAction({
  name: 'till.pay-out',
  title: 'Pay out',
  description: 'Pays out.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'till.money.pay',
  input: z.strictObject({}),
  output: z.strictObject({}),
  handler: async () => ({}),
});
const till = definePlugin({
  id: 'till',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'till.money.pay': { title: 'Pay out', roles: ['guest'] } },
  tables: {},
  actions: [payOut],
  policies: [
    definePolicy({
      name: 'till.finance-admin',
      on: ['till.pay-out'],
      decide: ({ actor }) => (holdsRole(actor, 'admin', { departmentId: 'finance' }) ? 'allow' : 'deny'),
    }),
  ],
});
const house = await startHouse([till]);
const denied = { code: 'core.denied' };
const finance = { role: 'admin', departmentId: 'finance' } as const;

test('a fresh house has the department finance; others are added, renamed, archived and restored', async () => {
  const viewer = await house.person(['viewer']);
  expect((await house.run(viewer.caller, listDepartments, {})).items).toEqual([
    { departmentId: 'finance', name: 'Finance', archived: false },
  ]);
  await house.run(house.operator, createDepartment, { departmentId: 'press', name: 'Press' });
  await expect(house.run(house.operator, createDepartment, { departmentId: 'press', name: 'Press' })).rejects.toMatchObject({
    code: 'identity.department_taken',
  });
  await house.call(house.operator, 'identity.rename-department', { departmentId: 'press', name: 'Press and radio' });
  await house.call(house.operator, 'identity.archive-department', { departmentId: 'press' });
  await expect(house.call(house.operator, 'identity.archive-department', { departmentId: 'press' })).rejects.toMatchObject({
    code: 'identity.unknown_department',
  });

  expect((await house.run(viewer.caller, listDepartments, {})).items).toHaveLength(1);
  expect((await house.run(viewer.caller, listDepartments, { archived: true })).items).toContainEqual({
    departmentId: 'press',
    name: 'Press and radio',
    archived: true,
  });
  await expect(house.call(viewer.caller, 'identity.restore-department', { departmentId: 'press' })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
  await house.call(house.operator, 'identity.restore-department', { departmentId: 'press' });
  expect((await house.run(viewer.caller, listDepartments, {})).items).toHaveLength(2);
});

test('a role on a department is what rules ask for, and opens no action by itself', async () => {
  const [editor, admin, onBrand, above] = [
    await house.person([{ role: 'editor', departmentId: 'finance' }]),
    await house.person([finance]),
    await house.person([{ role: 'admin', brandId: 'gallery' }]),
    await house.person(['admin']),
  ];
  await house.run(admin.caller, payOut, {});
  await house.run(above.caller, payOut, {}); // the company holds its departments
  for (const { caller } of [editor, onBrand]) await expect(house.run(caller, payOut, {})).rejects.toMatchObject(denied);

  const me = await house.run(admin.caller, getMe, {});
  expect(me.roles).toEqual([finance]);
  expect(me.permissions).toEqual((await house.run((await house.person()).caller, getMe, {})).permissions);
  for (const action of ['identity.list-people', 'identity.create-department', 'identity.list-members'])
    await expect(house.call(admin.caller, action, {}), action).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(house.run(admin.caller, grantRoleAction, { personId: editor.personId, ...finance })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
});

test('a role on a department is given and taken by Owners and by whoever holds it there, and never beside a brand', async () => {
  const { personId } = await house.person();
  const [admin, onBrand] = [await house.person(['admin', finance]), await house.person([{ role: 'admin', brandId: 'gallery' }])];
  const outside = await house.person(['admin']);
  const herself = { personId: outside.personId, role: 'admin', departmentId: 'finance' } as const;
  // what a rule asks for must not be a thing that one gives oneself
  await expect(house.call(outside.caller, 'identity.grant-role', herself)).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
  const give = (caller: typeof house.operator, more: object) =>
    house.call(caller, 'identity.grant-role', { personId, role: 'viewer', ...more });

  await expect(give(onBrand.caller, { departmentId: 'finance' })).rejects.toMatchObject({ code: 'identity.beyond_own_rights' });
  await expect(give(house.operator, { departmentId: 'nowhere' })).rejects.toMatchObject({ code: 'identity.unknown_department' });
  await expect(give(admin.caller, { departmentId: 'finance', brandId: 'gallery' })).rejects.toMatchObject({
    code: 'identity.two_places',
  });
  await expect(give(admin.caller, { departmentId: 'finance', role: 'owner' })).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });
  await give(admin.caller, { departmentId: 'finance' });
  await give(admin.caller, {});
  await expect(give(admin.caller, { departmentId: 'finance' })).rejects.toMatchObject({ code: 'identity.already_granted' });
  const { items } = await house.run(admin.caller, listMembers, { departmentId: 'finance', limit: 100 });
  expect(items).toContainEqual({ actorId: personId, kind: 'user', name: 'Somebody', active: true, role: 'viewer' });

  await house.run(admin.caller, revokeRoleAction, { personId, role: 'viewer', departmentId: 'finance' });
  expect((await house.run((await house.link(personId)).caller, getMe, {})).roles).toEqual([{ role: 'viewer' }]);
});

test('roles on an archived department count for nothing, at once, and none is given there', async () => {
  const house = await startHouse([till]);
  const { personId, caller } = await house.person([finance]);
  await house.run(caller, payOut, {});

  await house.call(house.operator, 'identity.archive-department', { departmentId: 'finance' });
  await expect(house.run(caller, payOut, {})).rejects.toMatchObject(denied);
  await expect(
    house.run(house.operator, grantRoleAction, { personId, role: 'viewer', departmentId: 'finance' }),
  ).rejects.toMatchObject({ code: 'identity.department_archived' });

  await house.call(house.operator, 'identity.restore-department', { departmentId: 'finance' });
  await house.run(caller, getMe, {}); // from here on this process knows; with workers it is told
  await house.run(caller, payOut, {});
});

test('whoever is Owner on a department only is no Owner of the company', async () => {
  const { personId } = await house.link();
  await house.person([{ role: 'owner', departmentId: 'finance' }]);
  await expect(house.run(house.operator, revokeRoleAction, { personId, role: 'owner' })).rejects.toMatchObject({
    code: 'identity.last_owner',
  });
});

test('a token that is cut down to scopes has no standing, and an agent has what the person it acts for has too', async () => {
  const admin = await house.person([finance]);
  const made = (await house.call(admin.caller, 'identity.create-token', { name: 'cut', scopes: ['till.*'] })).output;
  const token = await house.bearer('token', (made as { token: string }).token);
  await expect(house.run(token, payOut, {})).rejects.toMatchObject(denied);

  const { principal } = admin.caller;
  const nobody = (await house.person()).caller.principal;
  const agentFor = (person: typeof principal) => ({
    principal: { ...principal, kind: 'agent' as const },
    onBehalfOf: person,
    tainted: false,
  });
  await house.run(agentFor((await house.person(['admin'])).caller.principal), payOut, {});
  await expect(house.run(agentFor(nobody), payOut, {})).rejects.toMatchObject(denied);
});

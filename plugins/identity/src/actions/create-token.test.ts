import { expect, test } from 'vitest';
import { startHouse } from '../../testing/house.ts';
import { createLinkAction } from './create-link.ts';
import { createToken } from './create-token.ts';
import { getMe } from './get-me.ts';
import { listTokens } from './list-tokens.ts';
import { revokeToken } from './revoke-token.ts';

const DAY = 24 * 3_600_000;
const house = await startHouse();

test('a personal token acts as its person, and is known by its first characters', async () => {
  const { caller, personId } = await house.person(['viewer']);
  const { token, prefix } = await house.run(caller, createToken, { name: 'script' });

  expect(token).toMatch(/^trp_[\w-]{43}$/);
  expect(token.startsWith(prefix)).toBe(true);
  expect(await house.run(await house.bearer('token', token), getMe, {})).toMatchObject({
    id: personId,
    roles: [{ role: 'viewer' }],
  });
  expect((await house.run(caller, listTokens, {})).items).toEqual([expect.objectContaining({ name: 'script', prefix })]);
});

test('a token with a role is an actor of its own, and nobody makes one with a role that they could not give', async () => {
  const [admin, viewer] = [await house.person(['admin']), await house.person(['viewer'])];
  const { token, actorId } = await house.run(admin.caller, createToken, { name: 'import', role: 'editor', brandId: 'gallery' });

  expect(await house.run(await house.bearer('token', token), getMe, {})).toMatchObject({
    id: actorId,
    name: 'import',
    roles: [{ role: 'editor', brandId: 'gallery' }],
  });
  const beyond = { code: 'identity.beyond_own_rights' };
  await expect(house.run(admin.caller, createToken, { name: 'x', role: 'owner' })).rejects.toMatchObject(beyond);
  await expect(house.run(viewer.caller, createToken, { name: 'x', role: 'viewer' })).rejects.toMatchObject(beyond);
  await expect(house.run(house.guest, createToken, { name: 'x' })).rejects.toMatchObject({ code: 'core.unauthenticated' });
});

test('without a role the operator of the machine makes a token of the first Owner', async () => {
  const { token } = await house.run(house.operator, createToken, { name: 'local' });
  expect(await house.run(await house.bearer('token', token), getMe, {})).toMatchObject({ email: 'owner@troupe.local' });
});

test('who manages the company sees the tokens of everybody, also those made on this machine', async () => {
  const { tokenId } = await house.run(house.operator, createToken, { name: 'machine', role: 'editor' });
  const [admin, viewer] = [await house.person(['admin']), await house.person(['viewer'])];
  const { items } = await house.run(admin.caller, listTokens, { everybody: true, limit: 100 });

  expect(items.map((token) => token.tokenId)).toContain(tokenId);
  await expect(house.run(viewer.caller, listTokens, { everybody: true })).rejects.toMatchObject({ code: 'core.unknown_action' });
});

test('a token that is cut down to scopes makes no token, and gives no role, that goes beyond them or outlives it', async () => {
  const { caller } = await house.person(['admin']);
  const { token, expiresAt } = await house.run(caller, createToken, { name: 'narrow', scopes: ['identity.*'], expiresInDays: 2 });
  const narrow = await house.bearer('token', token);
  const beyond = { code: 'identity.beyond_own_rights' };

  await expect(house.run(narrow, createToken, { name: 'x', scopes: ['*'] })).rejects.toMatchObject(beyond);
  await expect(house.run(narrow, createToken, { name: 'x', scopes: ['ledger.entry.post'] })).rejects.toMatchObject(beyond);
  await expect(house.run(narrow, createToken, { name: 'x', role: 'viewer' })).rejects.toMatchObject(beyond);
  const inner = await house.run(narrow, createToken, { name: 'inner', expiresInDays: 365 });
  expect(inner.expiresAt).toBe(expiresAt);
  const { items } = await house.run(caller, listTokens, {});
  expect(items.find(({ tokenId }) => tokenId === inner.tokenId)).toMatchObject({ scopes: ['identity.*'] });
});

test('a token that is cut down to scopes makes no link: the session behind it would have none', async () => {
  const [{ caller }, viewer] = [await house.person(['admin']), await house.person(['viewer'])];
  const scopes = ['identity.person.manage', 'identity.role.grant'];
  const { token } = await house.run(caller, createToken, { name: 'narrow', scopes });
  const narrow = await house.bearer('token', token);

  for (const input of [{}, { personId: viewer.personId }])
    await expect(house.run(narrow, createLinkAction, input)).rejects.toMatchObject({ code: 'identity.beyond_own_rights' });
  expect(await house.run(caller, createLinkAction, {})).toHaveProperty('link');
});

test('what its scopes leave out is refused to a token by name', async () => {
  const { caller } = await house.person(['admin']);
  const { token } = await house.run(caller, createToken, { name: 'me', scopes: ['identity.me.read'] });
  const narrow = await house.bearer('token', token);
  expect(await house.run(narrow, getMe, {})).toMatchObject({ permissions: [{ name: 'identity.me.read' }] });
  await expect(house.call(narrow, 'identity.list-people', {})).rejects.toMatchObject({ code: 'core.scope_needed' });
});

test('a revoked and an expired token are refused, and strangers revoke none', async () => {
  const house = await startHouse(); // its clock is moved
  const [ann, bob] = [await house.person(), await house.person()];
  const [kept, revoked] = [
    await house.run(ann.caller, createToken, { name: 'kept' }),
    await house.run(ann.caller, createToken, { name: 'revoked' }),
  ];
  await expect(house.run(bob.caller, revokeToken, { tokenId: revoked.tokenId })).rejects.toMatchObject({
    code: 'identity.unknown_token',
  });
  await house.run(ann.caller, revokeToken, { tokenId: revoked.tokenId });

  await expect(house.bearer('token', revoked.token)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  expect((await house.run(ann.caller, listTokens, {})).items.map(({ name }) => name)).toEqual(['kept']);
  house.advance(89 * DAY);
  expect(await house.bearer('token', kept.token)).toHaveProperty('principal');
  house.advance(DAY);
  await expect(house.bearer('token', kept.token)).rejects.toMatchObject({ code: 'core.bad_credentials' });
});

import { serveTestKernel } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import { createAuthenticator } from '../testing/authenticator.ts';
import { startHouse } from '../testing/house.ts';
import { addPasskey } from './actions/add-passkey.ts';
import { beginPasskey } from './actions/begin-passkey.ts';
import { beginPasskeySignIn } from './actions/begin-passkey-sign-in.ts';
import { confirmAuthenticator } from './actions/confirm-authenticator.ts';
import { confirmSignIn } from './actions/confirm-sign-in.ts';
import { createRole } from './actions/create-role.ts';
import { createToken } from './actions/create-token.ts';
import { enrolAuthenticator } from './actions/enrol-authenticator.ts';
import { getMe } from './actions/get-me.ts';
import { listBrands } from './actions/list-brands.ts';
import { listPeople } from './actions/list-people.ts';
import { redeemLink } from './actions/redeem-link.ts';
import { removePasskey } from './actions/remove-passkey.ts';
import { signInWithPasskey } from './actions/sign-in-with-passkey.ts';
import { codeAt, fromBase32, stepAt } from './totp.ts';

const house = await startHouse([], undefined, { requireSecondFactor: true });
house.stopClock();
const needed = { code: 'core.second_factor_needed', kind: 'scope' };
const taken = { code: 'identity.second_proof_needed' };
type Caller = typeof house.guest;

async function enrol(caller: Caller): Promise<string> {
  const { key } = await house.run(caller, enrolAuthenticator, {});
  await house.run(caller, confirmAuthenticator, { code: codeAt(fromBase32(key), stepAt(house.now()) - 1) });
  return key;
}

async function keep(caller: Caller) {
  const authenticator = createAuthenticator();
  const { options } = await house.run(caller, beginPasskey, {});
  const { passkeyId } = await house.run(caller, addPasskey, { credential: authenticator.make(options), name: 'My phone' });
  return { passkeyId, authenticator };
}

test('whoever is in charge does nothing with one proof but enrol a second factor, and with two what they hold', async () => {
  const [owner, admin] = [await house.owner(), await house.person(['admin'])];
  for (const caller of [owner, admin.caller]) {
    expect(caller.principal.proofs).toBe(1);
    await expect(house.run(caller, listPeople, {})).rejects.toMatchObject(needed);
    await expect(house.run(caller, listBrands, {})).rejects.toMatchObject(needed);
    await expect(house.run(caller, createToken, { name: 'script' })).rejects.toMatchObject(needed);
    expect(await house.run(caller, getMe, {})).toMatchObject({ needsSecondFactor: true });
    expect((await house.kernel.actionsFor(caller)).map(({ action }) => action.name)).not.toContain('identity.list-people');
  }

  const key = await enrol(admin.caller);
  const { link } = (await house.call(house.operator, 'identity.create-link', { personId: admin.personId })).output as {
    link: string;
  };
  const { challenge = '' } = await house.run(house.guest, redeemLink, { link });
  const code = codeAt(fromBase32(key), stepAt(house.now()));
  const { session } = await house.run(house.guest, confirmSignIn, { challenge, code });
  const caller = await house.bearer('session', session);
  expect(caller.principal.proofs).toBe(2);
  expect(await house.run(caller, listPeople, {})).toHaveProperty('items');
  expect(await house.run(caller, getMe, {})).not.toHaveProperty('needsSecondFactor');
});

test('with a passkey the second proof is given at once, and who has enrolled one has given it', async () => {
  const admin = await house.person(['admin']);
  const { authenticator } = await keep(admin.caller);
  const { options } = await house.run(house.guest, beginPasskeySignIn, {});
  const { session } = await house.run(house.guest, signInWithPasskey, { credential: authenticator.sign(options) });
  for (const caller of [await house.bearer('session', session), await house.bearer('session', admin.session)])
    expect(await house.run(caller, listPeople, {})).toHaveProperty('items');
});

test('a role of the company that people in charge hold asks for two proofs, other roles do not', async () => {
  for (const [roleId, permission] of [
    ['giver', 'identity.role.grant'],
    ['reader', 'identity.role.read'],
  ] as const)
    await house.run(house.operator, createRole, { roleId, name: roleId, permissions: [permission] });
  const [giver, reader, editor] = [
    await house.person([{ role: 'giver' }]),
    await house.person([{ role: 'reader' }]),
    await house.person(['editor']),
  ];
  await expect(house.run(giver.caller, listBrands, {})).rejects.toMatchObject(needed);
  for (const { caller } of [reader, editor]) expect(await house.run(caller, listBrands, {})).toHaveProperty('items');
  const { token } = await house.run(editor.caller, createToken, { name: 'script' });
  await house.call(house.operator, 'identity.grant-role', { personId: editor.personId, role: 'admin' });
  expect(await house.run(await house.bearer('token', token), listPeople, {})).toHaveProperty('items'); // made earlier
});

test('an agent does no more for somebody than they may with one proof', async () => {
  const admin = await house.person(['admin']);
  const agent = {
    principal: { ...admin.caller.principal, proofs: 2 as const },
    onBehalfOf: admin.caller.principal,
    tainted: false,
  };
  await expect(house.run(agent, listPeople, {})).rejects.toMatchObject(needed);
});

test('whoever has a second factor neither enrols another nor takes it away with the first proof alone', async () => {
  const admin = await house.person(['admin']);
  const { passkeyId } = await keep(admin.caller);
  const { caller } = await house.link(admin.personId);
  await expect(house.run(caller, enrolAuthenticator, {})).rejects.toMatchObject(taken);
  await expect(house.run(caller, beginPasskey, {})).rejects.toMatchObject(taken);
  await expect(house.run(caller, removePasskey, { passkeyId })).rejects.toMatchObject(taken);

  const two = await house.bearer('session', admin.session);
  await enrol(two);
  await house.run(two, removePasskey, { passkeyId });
});

test('a surface says the same', async () => {
  const { url } = await serveTestKernel(house, []);
  const { session } = await house.person(['admin']);
  const ask = (action: string) =>
    fetch(`${url}/api/identity/${action}`, {
      method: 'POST',
      body: '{}',
      headers: { cookie: `troupe_session=${session}`, origin: url, 'content-type': 'application/json' },
    });
  const refused = await ask('list-people');
  expect([refused.status, await refused.json()]).toMatchObject([
    403,
    { code: needed.code, message: expect.stringContaining('/account') },
  ]);
  expect((await ask('get-me')).status).toBe(200);
});

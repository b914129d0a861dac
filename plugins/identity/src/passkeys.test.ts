import { expect, test } from 'vitest';
import { createAuthenticator } from '../testing/authenticator.ts';
import { type House, startHouse } from '../testing/house.ts';
import { addPasskey } from './actions/add-passkey.ts';
import { beginPasskey } from './actions/begin-passkey.ts';
import { beginPasskeySignIn } from './actions/begin-passkey-sign-in.ts';
import { confirmAuthenticator } from './actions/confirm-authenticator.ts';
import { enrolAuthenticator } from './actions/enrol-authenticator.ts';
import { getMe } from './actions/get-me.ts';
import { listPasskeys } from './actions/list-passkeys.ts';
import { removePasskey } from './actions/remove-passkey.ts';
import { signInWithPasskey } from './actions/sign-in-with-passkey.ts';
import { codeAt, fromBase32, stepAt } from './totp.ts';

const house = await startHouse();
const wrong = { code: 'identity.wrong_passkey' };
const expired = { code: 'identity.passkey_expired' };
type Authenticator = ReturnType<typeof createAuthenticator>;
type Signing = Parameters<Authenticator['sign']>[1];

async function withPasskey(at: House = house) {
  const [person, authenticator] = [await at.person(), createAuthenticator()];
  const { options } = await at.run(person.caller, beginPasskey, {});
  const { passkeyId } = await at.run(person.caller, addPasskey, { credential: authenticator.make(options), name: 'My phone' });
  return { ...person, authenticator, passkeyId };
}

async function signInWith(authenticator: Authenticator, signing: Signing = {}, at: House = house) {
  const { options } = await at.run(at.guest, beginPasskeySignIn, {});
  return at.run(at.guest, signInWithPasskey, { credential: authenticator.sign(options, signing) });
}

test('a passkey signs its person in, who need not say who they are and owes no code', async () => {
  const { personId, caller, authenticator, passkeyId } = await withPasskey();
  const { key } = await house.run(caller, enrolAuthenticator, {});
  await house.run(caller, confirmAuthenticator, { code: codeAt(fromBase32(key), stepAt(house.now())) });

  const { session } = await signInWith(authenticator);
  const me = await house.bearer('session', session);
  expect(await house.run(me, getMe, {})).toMatchObject({ id: personId });
  expect((await house.run(me, listPasskeys, {})).items).toMatchObject([
    { passkeyId, name: 'My phone', usedAt: expect.any(String) },
  ]);
});

test('what was signed for another site, without looking who it is, or by another key signs nobody in', async () => {
  const { authenticator } = await withPasskey();
  for (const signing of [{ origin: 'http://elsewhere.test' }, { host: 'elsewhere.test' }, { verifies: false }])
    await expect(signInWith(authenticator, signing), JSON.stringify(signing)).rejects.toMatchObject(wrong);
  await expect(signInWith(createAuthenticator())).rejects.toMatchObject(wrong);

  const { options } = await house.run(house.guest, beginPasskeySignIn, {});
  const [one, other] = [authenticator.sign(options), (await withPasskey()).authenticator.sign(options)];
  const mixed = { ...JSON.parse(one), response: JSON.parse(other).response };
  for (const credential of [JSON.stringify(mixed), 'no json', '{}'])
    await expect(house.run(house.guest, signInWithPasskey, { credential })).rejects.toMatchObject(wrong);
});

test('a challenge is answered once, within five minutes, and for what it was given', async () => {
  const at = await startHouse(); // its clock is moved
  const { authenticator, caller } = await withPasskey(at);
  const { options } = await at.run(at.guest, beginPasskeySignIn, {});
  const credential = authenticator.sign(options);
  const both = await Promise.allSettled([1, 2].map(() => at.run(at.guest, signInWithPasskey, { credential })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(at.run(at.guest, signInWithPasskey, { credential })).rejects.toMatchObject(expired);

  const { options: adding } = await at.run(caller, beginPasskey, {});
  await expect(at.run(at.guest, signInWithPasskey, { credential: authenticator.sign(adding) })).rejects.toMatchObject(expired);
  const late = await at.run(at.guest, beginPasskeySignIn, {});
  at.advance(5 * 60_000 + 1000);
  await expect(at.run(at.guest, signInWithPasskey, { credential: authenticator.sign(late.options) })).rejects.toMatchObject(
    expired,
  );
});

test('a counter that goes back is the mark of a copy', async () => {
  const { authenticator } = await withPasskey();
  await signInWith(authenticator, { counter: 7 });
  await expect(signInWith(authenticator, { counter: 7 })).rejects.toMatchObject(wrong);
  await expect(signInWith(authenticator, { counter: 3 })).rejects.toMatchObject(wrong);
  await signInWith(authenticator, { counter: 8 });
});

test('a passkey is added by its person after a fresh sign-in, once, and not by anybody else', async () => {
  const at = await startHouse(); // its clock is moved
  const [ann, bob] = [await at.person(), await at.person()];
  const authenticator = createAuthenticator();
  const { options } = await at.run(ann.caller, beginPasskey, {});
  const credential = authenticator.make(options);
  await expect(at.run(bob.caller, addPasskey, { credential, name: 'Mine' })).rejects.toMatchObject(expired);
  await expect(at.run(at.guest, addPasskey, { credential, name: 'Mine' })).rejects.toMatchObject({
    code: 'core.unauthenticated',
  });
  await at.run(ann.caller, addPasskey, { credential, name: 'Mine' });

  const again = await at.run(bob.caller, beginPasskey, {});
  await expect(
    at.run(bob.caller, addPasskey, { credential: authenticator.make(again.options), name: 'Mine too' }),
  ).rejects.toMatchObject({ code: 'identity.passkey_taken' });
  at.advance(16 * 60_000);
  await expect(at.run(ann.caller, beginPasskey, {})).rejects.toMatchObject({ code: 'identity.fresh_sign_in_needed' });
});

test('a passkey that was removed, or whose person was deactivated, signs nobody in', async () => {
  const [ann, bob] = [await withPasskey(), await withPasskey()];
  const { session } = await signInWith(ann.authenticator);
  await expect(house.run(bob.caller, removePasskey, { passkeyId: ann.passkeyId })).rejects.toMatchObject({
    code: 'identity.unknown_passkey',
  });
  await house.run(ann.caller, removePasskey, { passkeyId: ann.passkeyId });
  await expect(house.bearer('session', session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(signInWith(ann.authenticator)).rejects.toMatchObject(wrong);

  const open = await signInWith(bob.authenticator);
  const begun = await house.run(bob.caller, beginPasskey, {});
  await house.call(house.operator, 'identity.deactivate-person', { personId: bob.personId });
  await expect(house.bearer('session', open.session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(signInWith(bob.authenticator)).rejects.toMatchObject(wrong);
  await house.call(house.operator, 'identity.reactivate-person', { personId: bob.personId });
  const back = (await house.link(bob.personId)).caller;
  const late = { credential: createAuthenticator().make(begun.options), name: 'Late' };
  await expect(house.run(back, addPasskey, late)).rejects.toMatchObject(expired);
  expect(await signInWith(bob.authenticator)).toMatchObject({ personId: bob.personId });
});

import { everyRow } from '@troupe-os/core/testing';
import { afterAll, expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';
import { type Claims, startOpenIdProvider } from '../testing/open-id-provider.ts';
import { beginProviderSignIn } from './actions/begin-provider-sign-in.ts';
import { confirmAuthenticator } from './actions/confirm-authenticator.ts';
import { enrolAuthenticator } from './actions/enrol-authenticator.ts';
import { finishProviderSignIn } from './actions/finish-provider-sign-in.ts';
import { getMe } from './actions/get-me.ts';
import { listIdentities } from './actions/list-identities.ts';
import { listWaysIn } from './actions/list-ways-in.ts';
import { unlinkIdentity } from './actions/unlink-identity.ts';
import { updatePerson } from './actions/update-person.ts';
import { codeAt, fromBase32, stepAt } from './totp.ts';

const guild = await startOpenIdProvider('http://troupe.test/sign-in/with/oidc/callback');
afterAll(guild.close);
const house = await startHouse([], undefined, { settings: guild.settings });
const unknown = { code: 'identity.no_such_account' };
const expired = { code: 'identity.provider_sign_in_expired' };

/** What the browser has when it comes back. */
async function comeBack(as: Claims, caller = house.guest, link = false) {
  const { url, binding } = await house.run(caller, beginProviderSignIn, { provider: 'oidc', link });
  const answered = await guild.visit(url, as);
  return { state: answered.get('state') ?? '', code: answered.get('code') ?? '', binding };
}

const signInAs = async (as: Claims) => house.run(house.guest, finishProviderSignIn, await comeBack(as));
const verified = (email: string): Claims => ({ sub: crypto.randomUUID(), email, email_verified: true });

test('what is set up is shown, and nothing else is there', async () => {
  expect(await house.run(house.guest, listWaysIn, {})).toEqual({ providers: [{ provider: 'oidc', title: 'The Guild' }] });
  await expect(house.run(house.guest, beginProviderSignIn, { provider: 'google' })).rejects.toMatchObject({
    code: 'identity.unknown_provider',
  });
});

test('a verified address brings its person in and links the account, which then brings them in by itself', async () => {
  const { personId, email } = await house.person(['editor']);
  const account = verified(email.toUpperCase());

  const { session = '', ...first } = await signInAs(account);
  expect(first).toMatchObject({ personId, linked: false });
  const me = await house.bearer('session', session);
  expect(await house.run(me, getMe, {})).toMatchObject({ id: personId, roles: [{ role: 'editor' }] });
  expect((await house.run(me, listIdentities, {})).items).toMatchObject([{ label: email.toUpperCase() }]);

  expect(await signInAs({ ...account, email: 'elsewhere@people.test', email_verified: false })).toMatchObject({ personId });
});

test('an address that is not verified, or nobody has, brings nobody in', async () => {
  const { email } = await house.person();
  await expect(signInAs({ ...verified(email), email_verified: false })).rejects.toMatchObject(unknown);
  await expect(signInAs({ sub: crypto.randomUUID() })).rejects.toMatchObject(unknown);
  await expect(signInAs(verified('stranger@people.test'))).rejects.toMatchObject(unknown);
});

test('a state is used once, for ten minutes, in the browser that began, and a code is of no use with another', async () => {
  const house2 = await startHouse([], undefined, { settings: guild.settings }); // its clock is moved
  const late = await house2.run(house2.guest, beginProviderSignIn, { provider: 'oidc' });
  house2.advance(10 * 60_000 + 1000);
  const answered = await guild.visit(late.url, verified('late@people.test'));
  await expect(
    house2.run(house2.guest, finishProviderSignIn, {
      state: answered.get('state') ?? '',
      code: answered.get('code') ?? '',
      binding: late.binding,
    }),
  ).rejects.toMatchObject(expired);

  const { email } = await house.person();
  const [mine, other] = [await comeBack(verified(email)), await comeBack(verified(email))];
  const finish = (input: typeof mine) => house.run(house.guest, finishProviderSignIn, input);
  await expect(finish({ ...mine, binding: other.binding })).rejects.toMatchObject(expired);
  await expect(finish({ ...mine, state: 'made-up' })).rejects.toMatchObject(expired);
  await expect(finish({ ...mine, code: other.code })).rejects.toMatchObject({ code: 'identity.provider_failed' });
  await expect(finish({ ...mine, code: 'made-up' })).rejects.toMatchObject({ code: 'identity.provider_failed' });
  await finish(mine);
  await expect(finish(mine)).rejects.toMatchObject(expired);
});

test('an account is linked by whoever is signed in, to one person, and unlinked again', async () => {
  const [ann, bob] = [await house.person(), await house.person()];
  const account = verified('only-there@people.test');
  const begun = await comeBack(account, ann.caller, true);
  await expect(house.run(house.guest, finishProviderSignIn, begun)).rejects.toMatchObject({ code: 'core.unauthenticated' });
  await expect(house.run(bob.caller, finishProviderSignIn, begun)).rejects.toMatchObject({ code: 'core.unauthenticated' });
  const again = await comeBack(account, ann.caller, true);
  expect(await house.run(ann.caller, finishProviderSignIn, again)).toEqual({ personId: ann.personId, linked: true });
  await expect(house.run(bob.caller, finishProviderSignIn, await comeBack(account, bob.caller, true))).rejects.toMatchObject({
    code: 'identity.already_linked',
  });

  const { session = '' } = await signInAs(account);
  const identityId = (await house.run(ann.caller, listIdentities, {})).items[0]?.identityId ?? '';
  await expect(house.run(bob.caller, unlinkIdentity, { identityId })).rejects.toMatchObject({
    code: 'identity.unknown_identity',
  });
  await house.run(ann.caller, unlinkIdentity, { identityId });
  await expect(house.bearer('session', session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(signInAs(account)).rejects.toMatchObject(unknown);
});

test('an account is not linked for good by an address that somebody else has written within the last day', async () => {
  const [admin, editor] = [await house.person(['admin']), await house.person(['editor'])];
  const email = 'of-somebody-else@people.test';
  const account = verified(email);
  await house.run(admin.caller, updatePerson, { personId: editor.personId, email });
  const { session = '' } = await signInAs(account);
  const taken = await house.bearer('session', session);
  expect(taken.principal).toMatchObject({ id: editor.personId, handedOver: true });
  expect((await house.run(taken, listIdentities, {})).items).toEqual([]);
  await house.run(admin.caller, updatePerson, { personId: editor.personId, email: editor.email });
  await expect(signInAs(account)).rejects.toMatchObject(unknown);
});

test('a deactivated person does not come in over another site, and is not mistaken for whoever has their address later', async () => {
  const { personId, email } = await house.person();
  const account = verified(email);
  const { session = '' } = await signInAs(account);
  const begun = await comeBack(account);
  await house.call(house.operator, 'identity.deactivate-person', { personId });

  await expect(house.bearer('session', session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(house.run(house.guest, finishProviderSignIn, begun)).rejects.toMatchObject(unknown);
  await house.call(house.operator, 'identity.reactivate-person', { personId });
  expect(await signInAs(account)).toMatchObject({ personId });
});

test('whoever has an authenticator gives a code after coming back too', async () => {
  const { caller, email } = await house.person();
  const { key } = await house.run(caller, enrolAuthenticator, {});
  await house.run(caller, confirmAuthenticator, { code: codeAt(fromBase32(key), stepAt(house.now())) });
  const signedIn = await signInAs(verified(email));
  expect(signedIn).toHaveProperty('challenge');
  expect(signedIn).not.toHaveProperty('session');
});

test('no state, binding, code or client secret stands in a row, and no account in the record', async () => {
  const { email } = await house.person();
  const account = verified(email);
  const back = await comeBack(account);
  await house.run(house.guest, finishProviderSignIn, back);
  const tables = await everyRow(house.database, ['core', 'identity', 'queue']);
  const holding = (secret: string) => tables.filter(({ text }) => text.includes(secret)).map(({ table }) => table);
  expect(holding('identity.finish-provider-sign-in').length).toBeGreaterThan(0);
  for (const secret of [...Object.values(back), guild.settings.OIDC_CLIENT_SECRET ?? '']) expect(holding(secret)).toEqual([]);
  expect(holding(account.sub)).toEqual(['identity.linked_identities']);
});

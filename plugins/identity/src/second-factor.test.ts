import { everyRow } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import { type House, startHouse } from '../testing/house.ts';
import { confirmAuthenticator } from './actions/confirm-authenticator.ts';
import { confirmSignIn } from './actions/confirm-sign-in.ts';
import { disableAuthenticator } from './actions/disable-authenticator.ts';
import { enrolAuthenticator } from './actions/enrol-authenticator.ts';
import { getMe } from './actions/get-me.ts';
import { grantRoleAction } from './actions/grant-role.ts';
import { redeemLink } from './actions/redeem-link.ts';
import { renewRecoveryCodesAction } from './actions/renew-recovery-codes.ts';
import { setPassword } from './actions/set-password.ts';
import { signIn } from './actions/sign-in.ts';
import { codeAt, fromBase32, stepAt } from './totp.ts';

const house = await startHouse();
house.stopClock(); // a code is of its half minute
const PASSWORD = 'a night on the pier';
const wrong = { code: 'identity.wrong_code' };

/** Somebody with a password and an authenticator, and what it shows `away` steps from now. */
async function protectedPerson(at: House = house) {
  const person = await at.personWith(PASSWORD);
  const { key, uri } = await at.run(person.caller, enrolAuthenticator, {});
  const codeNow = (away = 0) => codeAt(fromBase32(key), stepAt(at.now()) + away);
  const { recoveryCodes } = await at.run(person.caller, confirmAuthenticator, { code: codeNow(-1) });
  const first = async () => (await at.run(at.guest, signIn, { email: person.email, password: PASSWORD })).challenge ?? '';
  return { ...person, key, uri, recoveryCodes, codeNow, first };
}

const confirm = (challenge: string, code: string, at: House = house) => at.run(at.guest, confirmSignIn, { challenge, code });

test('whoever has an authenticator gives a code after the password, and after a link', async () => {
  const { email, personId, first, codeNow } = await protectedPerson();
  const signedIn = await house.run(house.guest, signIn, { email, password: PASSWORD });
  expect(signedIn).toMatchObject({ personId, challenge: expect.stringMatching(/^trc_/) });
  expect(signedIn).not.toHaveProperty('session');

  const { session } = await confirm(signedIn.challenge ?? '', codeNow());
  const me = await house.run(await house.bearer('session', session), getMe, {});
  expect(me).toMatchObject({ id: personId, hasAuthenticator: true });

  const { link } = (await house.call(house.operator, 'identity.create-link', { personId })).output as { link: string };
  const { challenge = '', ...opened } = await house.run(house.guest, redeemLink, { link });
  expect(opened).not.toHaveProperty('session');
  expect(await confirm(challenge, codeNow(1))).toMatchObject({ personId });
  await expect(house.bearer('session', await first())).rejects.toMatchObject({ code: 'core.bad_credentials' });
});

test('a code is taken once, and of two who have it at once one is let in', async () => {
  const { first, codeNow } = await protectedPerson();
  const [one, two, three] = [await first(), await first(), await first()];
  const both = await Promise.allSettled([confirm(one, codeNow()), confirm(two, codeNow())]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);

  await expect(confirm(three, codeNow())).rejects.toMatchObject(wrong); // a replay
  await expect(confirm(three, codeNow(-1))).rejects.toMatchObject(wrong); // one that was shown before it
  expect(await confirm(three, codeNow(1))).toHaveProperty('session');
  const letIn = both[0]?.status === 'fulfilled' ? one : two;
  await expect(confirm(letIn, codeNow(1))).rejects.toMatchObject({ code: 'identity.challenge_expired' });
});

test('a recovery code replaces a code once, in whatever case and form it is typed', async () => {
  const { caller, recoveryCodes, first } = await protectedPerson();
  expect(recoveryCodes).toHaveLength(10);
  const [one = '', other = ''] = recoveryCodes;
  expect(await confirm(await first(), one.toLowerCase().replaceAll('-', ' '))).toHaveProperty('session');
  await expect(confirm(await first(), one)).rejects.toMatchObject(wrong);

  const { recoveryCodes: renewed } = await house.run(caller, renewRecoveryCodesAction, {});
  await expect(confirm(await first(), other)).rejects.toMatchObject(wrong);
  expect(await confirm(await first(), renewed[0] ?? '')).toHaveProperty('session');
});

test('after ten wrong codes an account waits, the right code too, also by dry runs and in a burst', async () => {
  const house = await startHouse(); // its clock is moved
  house.stopClock();
  const person = await protectedPerson(house);
  const guess = (n: number, challenge: string) =>
    house.run(
      { ...house.guest, address: `192.0.2.${n}` },
      confirmSignIn,
      { challenge, code: String(n).padStart(6, '0') },
      { dryRun: n % 2 === 0 },
    );
  const challenge = await person.first();
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, n) => guess(n, challenge)));
  const codes = outcomes.map((one) => (one.status === 'rejected' ? one.reason.code : 'let in'));

  expect(codes.filter((code) => code === wrong.code).length).toBeGreaterThanOrEqual(10);
  expect(codes.filter((code) => code === wrong.code).length).toBeLessThanOrEqual(18);
  await expect(confirm(challenge, person.codeNow(), house)).rejects.toMatchObject({ code: 'identity.too_many_tries' });
  house.advance(16 * 60_000);
  expect(await confirm(await person.first(), person.codeNow(), house)).toHaveProperty('session');
});

test('a challenge ends after five minutes, with a deactivation, and when rights or the password change', async () => {
  const house = await startHouse(); // its clock is moved
  house.stopClock();
  const person = await protectedPerson(house);
  const expired = { code: 'identity.challenge_expired' };
  const stale = [await person.first()];
  house.advance(5 * 60_000 + 1000);
  await expect(confirm(stale[0] ?? '', person.codeNow(), house)).rejects.toMatchObject(expired);

  const challenge = await person.first();
  await house.run(house.operator, grantRoleAction, { personId: person.personId, role: 'viewer' });
  await expect(confirm(challenge, person.codeNow(), house)).rejects.toMatchObject(expired);
  const before = await person.first();
  await house.run(person.caller, setPassword, { password: 'another fine night', present: PASSWORD });
  await expect(confirm(before, person.codeNow(), house)).rejects.toMatchObject(expired);

  const other = await protectedPerson(house);
  const last = await other.first();
  await house.call(house.operator, 'identity.deactivate-person', { personId: other.personId });
  await expect(confirm(last, other.codeNow(), house)).rejects.toMatchObject(expired);
});

test('an authenticator is enrolled, confirmed and disabled by whoever signed in a moment ago, and by no token', async () => {
  const house = await startHouse(); // its clock is moved
  house.stopClock();
  const { caller, email } = await house.personWith(PASSWORD);
  const needed = { code: 'identity.fresh_sign_in_needed' };
  const { token } = (await house.call(caller, 'identity.create-token', { name: 'script' })).output as { token: string };
  await expect(house.run(await house.bearer('token', token), enrolAuthenticator, {})).rejects.toMatchObject(needed);
  await expect(house.run(house.guest, enrolAuthenticator, {})).rejects.toMatchObject({ code: 'core.unauthenticated' });

  await house.run(caller, enrolAuthenticator, {});
  const { key } = await house.run(caller, enrolAuthenticator, {}); // the first was never confirmed
  await expect(house.run(caller, confirmAuthenticator, { code: '000000' })).rejects.toMatchObject(wrong);
  expect(await house.run(house.guest, signIn, { email, password: PASSWORD })).toHaveProperty('session');
  await house.run(caller, confirmAuthenticator, { code: codeAt(fromBase32(key), stepAt(house.now())) });
  await expect(house.run(caller, enrolAuthenticator, {})).rejects.toMatchObject({ code: 'identity.already_enrolled' });

  house.advance(16 * 60_000);
  await expect(house.run(caller, disableAuthenticator, {})).rejects.toMatchObject(needed);
  await expect(house.run(caller, renewRecoveryCodesAction, {})).rejects.toMatchObject(needed);
  house.advance(-16 * 60_000);
  await house.run(caller, disableAuthenticator, {});
  expect(await house.run(house.guest, signIn, { email, password: PASSWORD })).toHaveProperty('session');
});

test('whoever manages people helps one who lost everything, but none above them', async () => {
  const { personId, email, first, codeNow } = await protectedPerson();
  const [admin, stranger] = [await house.person(['admin']), await house.person(['editor'])];
  await expect(house.run(stranger.caller, disableAuthenticator, { personId })).rejects.toMatchObject({
    code: 'core.unknown_action',
  });
  const owner = await protectedPerson();
  await house.run(house.operator, grantRoleAction, { personId: owner.personId, role: 'owner' });
  await expect(house.run(admin.caller, disableAuthenticator, { personId: owner.personId })).rejects.toMatchObject({
    code: 'identity.beyond_own_rights',
  });

  const challenge = await first();
  await house.run(admin.caller, disableAuthenticator, { personId });
  await expect(confirm(challenge, codeNow())).rejects.toMatchObject({
    code: expect.stringMatching(/wrong_code|challenge_expired/),
  });
  expect(await house.run(house.guest, signIn, { email, password: PASSWORD })).toHaveProperty('session');
});

test('no key, code, challenge or recovery code stands in the record or in a table', async () => {
  const { key, uri, recoveryCodes, first, codeNow } = await protectedPerson();
  const challenge = await first();
  const code = codeNow();
  await confirm(challenge, code);
  const dumped = await everyRow(house.database, ['core', 'identity', 'queue']);
  const all = dumped.map(({ text }) => text).join('\n');
  expect(all).toContain('identity.confirm-sign-in');
  for (const one of [key, uri, challenge, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))])
    expect(all.includes(one), one).toBe(false);
  expect(all).not.toMatch(new RegExp(`"code":"${code}"`));
});

import { expect, test } from 'vitest';
import { startHouse } from '../../testing/house.ts';
import { getMe } from './get-me.ts';
import { setPassword } from './set-password.ts';
import { signIn } from './sign-in.ts';

const house = await startHouse();
const PASSWORD = 'a night on the pier';
const at = (address: string) => ({
  principal: { id: 'guest', kind: 'guest' as const, name: 'Guest', credential: 'none' },
  address,
  tainted: false,
});

test('a person signs in with e-mail address and password, in whatever case the address is typed', async () => {
  const { email, personId } = await house.personWith(PASSWORD);

  const { session = '' } = await house.run(at('192.0.2.1'), signIn, { email: email.toUpperCase(), password: PASSWORD });
  const me = await house.run(await house.bearer('session', session), getMe, {});

  expect(me).toMatchObject({ id: personId, kind: 'user', email, hasPassword: true, roles: [] });
  expect(await house.run(house.guest, getMe, {})).toMatchObject({ kind: 'guest', roles: [] });
});

test('what one visitor types keeps no other from signing in', async () => {
  const { email } = await house.personWith(PASSWORD);
  const typed = { email: 'nobody@people.test', password: 'wrong', device: 'a\0b' };
  await expect(house.run(at('192.0.2.9'), signIn, typed)).rejects.toThrow();
  expect(await house.run(at('192.0.2.2'), signIn, { email, password: PASSWORD })).toHaveProperty('session');
});

test('a wrong password, an unknown person and a deactivated one get the same answer', async () => {
  const [known, gone] = [await house.personWith(PASSWORD), await house.personWith(PASSWORD)];
  await house.call(house.operator, 'identity.deactivate-person', { personId: gone.personId });

  for (const [email, password] of [
    [known.email, 'a night on the pear'],
    ['nobody@people.test', PASSWORD],
    [gone.email, PASSWORD],
  ] as const) {
    await expect(house.run(at('192.0.2.2'), signIn, { email, password })).rejects.toMatchObject({
      code: 'identity.wrong_credentials',
    });
  }
});

test('after ten wrong tries an account waits for a quarter of an hour, from wherever it is tried', async () => {
  const house = await startHouse(); // its clock is moved
  const { email } = await house.personWith(PASSWORD);
  for (let n = 0; n < 10; n++) {
    await expect(house.run(at(`192.0.2.${n}`), signIn, { email, password: `guess number ${n}` })).rejects.toMatchObject({
      code: 'identity.wrong_credentials',
    });
  }
  await expect(house.run(at('198.51.100.1'), signIn, { email, password: PASSWORD })).rejects.toMatchObject({
    code: 'identity.too_many_tries',
  });

  house.advance(16 * 60_000);
  expect(await house.run(at('198.51.100.1'), signIn, { email, password: PASSWORD })).toHaveProperty('session');
});

test('after ten wrong tries an address waits, whichever account it tries, also by dry runs', async () => {
  const { email } = await house.personWith(PASSWORD);
  for (let n = 0; n < 10; n++) {
    const dryRun = n % 2 === 0;
    const typed = { email: `${n}@people.test`, password: PASSWORD };
    await expect(house.run(at('203.0.113.1'), signIn, typed, { dryRun })).rejects.toMatchObject({
      code: 'identity.wrong_credentials',
    });
  }
  await expect(house.run(at('203.0.113.1'), signIn, { email, password: PASSWORD })).rejects.toMatchObject({
    code: 'identity.too_many_tries',
  });
  expect(await house.run(at('203.0.113.2'), signIn, { email, password: PASSWORD })).toHaveProperty('session');
});

test('of a burst of guesses at once only a handful is looked at', async () => {
  const { email } = await house.personWith(PASSWORD);
  const guesses = Array.from({ length: 60 }, (_, n) =>
    house.run(at(`192.0.2.${n}`), signIn, { email, password: `guess number ${n}` }),
  );
  const codes = (await Promise.allSettled(guesses)).map((one) => (one.status === 'rejected' ? one.reason.code : 'signed in'));

  expect(codes.filter((code) => code === 'identity.wrong_credentials').length).toBeLessThanOrEqual(18);
  expect(codes).not.toContain('signed in');
});

test('a password is set with the present one, or right after a sign-in by link; other sessions end', async () => {
  const { email, caller } = await house.personWith(PASSWORD);
  const signedIn = await house.run(at('192.0.2.1'), signIn, { email, password: PASSWORD });
  const here = await house.bearer('session', signedIn.session ?? '');

  await expect(house.run(here, setPassword, { password: 'another fine night' })).rejects.toMatchObject({
    code: 'identity.password_needed',
  });
  await expect(house.run(here, setPassword, { password: 'another fine night', present: 'no' })).rejects.toMatchObject({
    code: 'identity.wrong_credentials',
  });
  await expect(house.run(here, setPassword, { password: 'password1234', present: PASSWORD })).rejects.toMatchObject({
    code: 'identity.weak_password',
  });
  await house.run(here, setPassword, { password: 'another fine night', present: PASSWORD });

  expect(await house.run(here, getMe, {})).toMatchObject({ email });
  await expect(house.run(caller, setPassword, { password: 'a third fine night' })).rejects.toMatchObject({
    code: 'identity.password_needed',
  });
  await expect(house.run(at('192.0.2.1'), signIn, { email, password: PASSWORD })).rejects.toMatchObject({
    code: 'identity.wrong_credentials',
  });
});

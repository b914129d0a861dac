import { argon2 } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isCommonPassword } from './common-passwords.ts';
import { createPasswords, passwords } from './passwords.ts';

test('a password is stored as argon2id with 19 MiB, two passes and one lane, and each time with another salt', async () => {
  const [one, other] = await Promise.all([passwords.hash('a night on the pier'), passwords.hash('a night on the pier')]);

  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(other).not.toBe(one);
  expect(await passwords.verify('a night on the pier', one)).toBe(true);
  expect(await passwords.verify('a night on the pear', one)).toBe(false);
});

test('a hash made at another cost is still checked at that cost', async () => {
  // a test vector of the reference implementation: 64 MiB, two passes, password "password", salt "somesalt"
  const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await passwords.verify('password', known)).toBe(true);
});

test('checking the password of an unknown account does the same work and fails', async () => {
  const hash = await passwords.hash('a night on the pier');
  const workOf = async (stored: string | undefined) => {
    const work: object[] = [];
    const watched = createPasswords((algorithm, parameters) => {
      work.push({ algorithm, ...parameters, nonce: (parameters.nonce as Buffer).byteLength });
      return promisify(argon2)(algorithm, parameters);
    });
    expect(await watched.verify('a guess or two', stored)).toBe(false);
    return work;
  };
  const known = await workOf(hash);
  expect(known).toHaveLength(1);
  expect(await workOf(undefined)).toEqual(known);
});

test('at most four passwords are checked at once', async () => {
  let running = 0;
  let most = 0;
  const check = async () => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running -= 1;
  };
  await Promise.all(Array.from({ length: 12 }, () => passwords.verify('a guess or two', undefined, check)));
  expect(most).toBeLessThanOrEqual(4);
});

test('passwords that anybody would try first are common, others are not', () => {
  const about = ['Ann Example', 'ann.example@people.test', 'ann.example'];
  for (const common of ['Password1234', 'qwertyuiop', '9876543210', 'aaaaaaaaaaab', 'Ann.Example', 'annexample1']) {
    expect(isCommonPassword(common, about), common).toBe(true);
  }
  for (const good of ['a night on the pier', 'Xk2#qqp!9Lmw']) expect(isCommonPassword(good, about), good).toBe(false);
});

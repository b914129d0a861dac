import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';
import { beginPasskeySignIn } from './actions/begin-passkey-sign-in.ts';
import { beginWalletSignIn } from './actions/begin-wallet-sign-in.ts';
import { requestLink } from './actions/request-link.ts';
import { sweepExpired } from './jobs.ts';

const house = await startHouse();
const from = (address: string) => ({ ...house.guest, address });
const wallet = (digit: string) => ({ address: `0x${digit.repeat(40)}` });
const full = { code: 'identity.too_many_begun', kind: 'limited' };
const TEN_MINUTES = 600_000;

/** Writes rows past every trigger, as if so many people had come. */
const flood = (statement: ReturnType<typeof sql>) =>
  house.database.owner((owner) =>
    owner.transaction(async ({ rows }) => {
      await rows(sql`set local session_replication_role = replica`);
      await rows(statement);
    }),
  );

test('from one network address a hundred sign-ins of a kind wait at once; others, and later ones, are let through', async () => {
  for (let n = 0; n < 100; n++) await house.run(from('203.0.113.5'), beginPasskeySignIn, {});
  await expect(house.run(from('203.0.113.5'), beginPasskeySignIn, {})).rejects.toMatchObject(full);
  await house.run(from('203.0.113.6'), beginPasskeySignIn, {});
  await house.run(from('203.0.113.5'), beginWalletSignIn, wallet('0'));

  house.advance(TEN_MINUTES);
  await house.run(from('203.0.113.5'), beginPasskeySignIn, {});
});

test('a /64 is one address, which stands nowhere, and this very machine, which stands for many, is none', async () => {
  await house.run(from('2001:db8::1'), beginWalletSignIn, wallet('1'));
  await house.run(from('2001:db8::2:0:0:1'), beginWalletSignIn, wallet('2'));
  await house.run(from('127.0.0.1'), beginWalletSignIn, wallet('3'));
  const marks = await house.database.rows<{ asked_from: string | null }>(
    sql`select asked_from from identity.wallet_sign_ins where address like '0x_1%' or address like '0x_2%' or address like '0x_3%' order by address`,
  );
  expect(marks[0]?.asked_from).toMatch(/^[0-9a-f]{64}$/);
  expect(marks.map(({ asked_from }) => asked_from)).toEqual([marks[0]?.asked_from, marks[0]?.asked_from, null]);
});

test('ten thousand sign-ins of a kind wait at once, whoever begins them', async () => {
  await flood(sql`insert into identity.passkey_challenges (id, challenge_hash, created_at, expires_at)
    select gen_random_uuid(), gen_random_uuid()::text, ${house.now().toISOString()}, ${new Date(house.now().getTime() + 60_000).toISOString()}
    from generate_series(1, 10000)`);
  await expect(house.run(from('198.51.100.1'), beginPasskeySignIn, {})).rejects.toMatchObject(full);
  await house.run(from('198.51.100.1'), beginWalletSignIn, wallet('4'));
  house.advance(TEN_MINUTES);
  await house.run(from('198.51.100.1'), beginPasskeySignIn, {});
});

test('five thousand sign-in links are asked for in a quarter of an hour, whoever asks', async () => {
  await flood(sql`insert into identity.letters (id, kind, account, asked_from, state, created_at)
    select gen_random_uuid(), 'sign-in-link', 'nobody', n::text, 'waiting', ${house.now().toISOString()} from generate_series(1, 5000) n`);
  const ask = () => house.run(from('198.51.100.2'), requestLink, { email: 'nobody@people.test' });
  await expect(ask()).rejects.toMatchObject({ code: 'identity.too_many_letters', kind: 'limited' });
  house.advance(2 * TEN_MINUTES);
  await ask();
});

test('what nobody has ended is swept each hour', () => {
  expect(sweepExpired.schedule).toMatch(/^\d+ \* \* \* \*$/);
});

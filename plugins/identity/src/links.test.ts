import { expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';
import { createLinkAction } from './actions/create-link.ts';
import { redeemLink } from './actions/redeem-link.ts';

const house = await startHouse();
const expired = { code: 'identity.link_expired' };

test('a sign-in link works once, though two should use it at the same moment', async () => {
  const { link } = await house.run(house.operator, createLinkAction, {});
  const tries = await Promise.allSettled([1, 2, 3].map(() => house.run(house.guest, redeemLink, { link })));

  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(house.run(house.guest, redeemLink, { link })).rejects.toMatchObject(expired);
});

test('a sign-in link is of no use after a quarter of an hour, and neither is one that somebody made up', async () => {
  const house = await startHouse(); // its clock is moved
  const { link } = await house.run(house.operator, createLinkAction, {});
  house.advance(15 * 60_000 + 1000);
  await expect(house.run(house.guest, redeemLink, { link })).rejects.toMatchObject(expired);
  await expect(house.run(house.guest, redeemLink, { link: 'trl_made-up' })).rejects.toMatchObject(expired);
});

test('a dry run of a link uses nothing up and answers no secret', async () => {
  const { link } = await house.run(house.operator, createLinkAction, {});
  const { output } = await house.call(house.guest, 'identity.redeem-link', { link }, { dryRun: true });
  expect(output).toMatchObject({ session: '[redacted]' });
  expect(await house.run(house.guest, redeemLink, { link })).toHaveProperty('session');
});

import { expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';
import { createLinkAction } from './actions/create-link.ts';
import { createRole } from './actions/create-role.ts';
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

test('nobody but an Owner or the operator opens a way in for another Admin: no link, no other address, no sign-in without their code', async () => {
  await house.run(house.operator, createRole, { roleId: 'giver', name: 'Giver', permissions: ['identity.role.grant'] });
  const [admin, editor] = [await house.person(['admin']), await house.person(['editor'])];
  const others = [
    await house.person(['admin']),
    await house.person([{ role: 'admin', brandId: 'gallery' }]),
    await house.person([{ role: 'giver' }]),
  ];
  const owner = await house.owner();
  const email = () => `${crypto.randomUUID()}@people.test`;

  for (const { personId } of others) {
    const ways = [
      ['create-link', { personId }],
      ['update-person', { personId, email: email() }],
      ['disable-authenticator', { personId }],
    ] as const;
    for (const [action, input] of ways)
      await expect(house.call(admin.caller, `identity.${action}`, input), action).rejects.toMatchObject({
        code: 'identity.beyond_own_rights',
      });
    await house.call(admin.caller, 'identity.update-person', { personId, name: 'Another name' });
    for (const caller of [owner, house.operator])
      expect(await house.run(caller, createLinkAction, { personId })).toHaveProperty('link');
  }
  for (const { personId } of [admin, editor])
    expect(await house.run(admin.caller, createLinkAction, { personId })).toHaveProperty('link');
});

import { everyRow } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { startHouse } from '../testing/house.ts';
import { acceptInvitation } from './actions/accept-invitation.ts';
import { getMe } from './actions/get-me.ts';
import { invitePerson } from './actions/invite-person.ts';
import { listInvitations } from './actions/list-invitations.ts';
import { redeemLink } from './actions/redeem-link.ts';
import { requestLink } from './actions/request-link.ts';
import { revokeInvitationAction } from './actions/revoke-invitation.ts';
import { revokeRoleAction } from './actions/revoke-role.ts';
import { setPassword } from './actions/set-password.ts';

const house = await startHouse([], undefined, { workers: true });
const expired = { code: 'identity.invitation_expired' };
const newEmail = () => `${crypto.randomUUID()}@people.test`;
const from = (address: string) => ({ ...house.guest, address });

/** The secrets of the links that were sent to an address, the newest first. */
async function linksTo(email: string): Promise<string[]> {
  await house.settle();
  const letters = (await house.letters()).filter(({ to }) => to === email);
  return letters.map(({ text }) => /http:\/\/troupe\.test\/\S+\?token=(\S+)/.exec(text)?.[1] ?? '');
}

async function invite(caller = house.operator, more: Partial<Parameters<typeof acceptInvitation.handler>[1]> & object = {}) {
  const email = newEmail();
  const { invitationId } = await house.run(caller, invitePerson, { name: 'Zoë', email, role: 'editor', ...more });
  return { email, invitationId };
}

test('whoever opens the letter of an invitation is a person of the house, once, with the role that it says', async () => {
  const admin = await house.person(['admin']);
  const { email, invitationId } = await invite(admin.caller, { brandId: 'gallery' } as object);
  const [invitation = ''] = await linksTo(email);
  expect((await house.run(admin.caller, listInvitations, {})).items).toContainEqual(
    expect.objectContaining({ invitationId, email, role: 'editor', brandId: 'gallery', letter: 'sent' }),
  );

  const { session, personId } = await house.run(house.guest, acceptInvitation, { invitation });
  const caller = await house.bearer('session', session);
  expect(await house.run(caller, getMe, {})).toMatchObject({
    id: personId,
    name: 'Zoë',
    email,
    roles: [{ role: 'editor', brandId: 'gallery' }],
  });
  await house.run(caller, setPassword, { password: 'a night on the pier' });
  const [grant] = await house.database.rows<{ by: string }>(
    sql`select granted_by as by from identity.grants where actor_id = ${personId}`,
  );
  expect(grant?.by).toBe(admin.personId);

  await expect(house.run(house.guest, acceptInvitation, { invitation })).rejects.toMatchObject(expired);
  expect((await house.run(admin.caller, listInvitations, {})).items).not.toContainEqual(
    expect.objectContaining({ invitationId }),
  );
});

test('an invitation gives no more than whoever sends it could, and neither Owner nor Auditor', async () => {
  const admin = await house.person(['admin']);
  const onBrand = await house.person([{ role: 'admin', brandId: 'gallery' }]);
  const asked = (caller: typeof house.operator, role?: string, place = {}) =>
    house.run(caller, invitePerson, { name: 'Zoë', email: newEmail(), ...(role && { role }), ...place });

  for (const role of ['owner', 'auditor'])
    await expect(asked(house.operator, role)).rejects.toMatchObject({ code: 'identity.not_by_invitation' });
  await expect(asked(onBrand.caller, 'editor', { brandId: 'gallery' })).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(asked(admin.caller, undefined, { brandId: 'gallery' })).rejects.toMatchObject({
    code: 'identity.place_without_role',
  });
  await expect(house.run(admin.caller, invitePerson, { name: 'Zoë', email: admin.email })).rejects.toMatchObject({
    code: 'identity.email_taken',
  });
  await asked(admin.caller);
});

test('an invitation ends when it is taken back, sent anew, a week old, or its sender loses a role or is deactivated', async () => {
  const house2 = await startHouse([], undefined, { workers: true }); // its clock is moved
  const late = newEmail();
  await house2.run(house2.operator, invitePerson, { name: 'Late', email: late });
  await house2.settle();
  const lateLink = /token=(\S+)/.exec((await house2.letters())[0]?.text ?? '')?.[1] ?? '';
  house2.advance(7 * 24 * 3_600_000 + 1000);
  await expect(house2.run(house2.guest, acceptInvitation, { invitation: lateLink })).rejects.toMatchObject(expired);

  const [demoted, gone] = [await house.person(['admin', 'viewer']), await house.person(['admin'])];
  const sent = [await invite(), await invite(demoted.caller), await invite(gone.caller), await invite()];
  const [taken, byDemoted, byGone, again] = await Promise.all(sent.map(async ({ email }) => (await linksTo(email))[0] ?? ''));
  await house.run(house.operator, revokeInvitationAction, { invitationId: sent[0]?.invitationId ?? '' });
  await house.run(house.operator, revokeRoleAction, { personId: demoted.personId, role: 'viewer' });
  await house.call(house.operator, 'identity.deactivate-person', { personId: gone.personId });
  const anew = sent[3]?.email ?? '';
  await house.run(house.operator, invitePerson, { name: 'Zoë', email: anew.toUpperCase() });

  for (const invitation of [taken, byDemoted, byGone, again])
    await expect(house.run(house.guest, acceptInvitation, { invitation: invitation ?? '' })).rejects.toMatchObject(expired);
  expect(await house.run(house.guest, acceptInvitation, { invitation: (await linksTo(anew))[0] ?? '' })).toHaveProperty(
    'session',
  );
});

test('of two who accept an invitation at once, one does', async () => {
  const { email } = await invite();
  const [invitation = ''] = await linksTo(email);
  const both = await Promise.allSettled([1, 2].map(() => house.run(house.guest, acceptInvitation, { invitation })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a sign-in link is sent to whoever asks for it and is known, and the answer tells no stranger who that is', async () => {
  const { email, personId } = await house.person();
  const gone = await house.person();
  await house.call(house.operator, 'identity.deactivate-person', { personId: gone.personId });
  const stranger = newEmail();

  for (const asked of [email.toUpperCase(), gone.email, stranger])
    expect(await house.run(from('192.0.2.1'), requestLink, { email: asked })).toEqual({});

  const [link = '', ...others] = await linksTo(email);
  expect([others, await linksTo(gone.email), await linksTo(stranger)]).toEqual([[], [], []]);
  const after = await house.database.rows<{ state: string }>(
    sql`select state from identity.letters where asked_from = (select l.asked_from from identity.letters l where l.asked_from is not null order by l.created_at desc limit 1)`,
  );
  expect(after.map(({ state }) => state).sort()).toEqual(['sent', 'unsent', 'unsent']);
  expect(await house.run(house.guest, redeemLink, { link })).toMatchObject({ personId });
  await expect(house.run(house.guest, redeemLink, { link })).rejects.toMatchObject({ code: 'identity.link_expired' });
});

test('three links in a quarter of an hour go to an address, and from one network address twenty are asked for', async () => {
  const { email } = await house.person();
  for (let n = 0; n < 5; n++) await house.run(from(`198.51.100.${n}`), requestLink, { email });
  expect(await linksTo(email)).toHaveLength(3);

  for (let n = 0; n < 20; n++) await house.run(from('203.0.113.9'), requestLink, { email: newEmail() });
  await expect(house.run(from('203.0.113.9'), requestLink, { email: newEmail() })).rejects.toMatchObject({
    code: 'identity.too_many_letters',
  });
});

test('no link that was sent and no address stands in any row, but the address of whoever is here or invited', async () => {
  const { email } = await house.person();
  const stranger = newEmail();
  for (const asked of [email, stranger]) await house.run(house.guest, requestLink, { email: asked });
  const invited = await invite();
  const secrets = [...(await linksTo(email)), ...(await linksTo(invited.email)), stranger];
  expect(secrets).toHaveLength(3);

  const all = await everyRow(house.database, ['core', 'identity', 'queue']);
  expect(all.find(({ text }) => text.includes('identity.request-link'))).toBeDefined();
  for (const secret of secrets)
    expect(
      all.filter(({ text }) => text.includes(secret)),
      secret,
    ).toEqual([]);
  for (const address of [email, invited.email]) {
    const tables = all.filter(({ text }) => text.includes(address)).map(({ table }) => table);
    expect(tables, address).toEqual([address === email ? 'identity.people' : 'identity.invitations']);
  }
});

test('a letter that the mail server refuses is shown as failed', async () => {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_to, _session, done) => done(Object.assign(new Error('no such person'), { responseCode: 550 })),
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  const house = await startHouse([], undefined, { workers: true, smtpUrl: `smtp://127.0.0.1:${port}` });

  await house.run(house.operator, invitePerson, { name: 'Zoë', email: newEmail() });
  await house.settle();
  expect((await house.run(house.operator, listInvitations, {})).items).toMatchObject([{ letter: 'failed' }]);
  await new Promise<void>((resolve) => server.close(resolve));
});

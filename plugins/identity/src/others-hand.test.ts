import { everyRow } from '@troupe-os/core/testing';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { createAuthenticator } from '../testing/authenticator.ts';
import { EVERY_SCOPE, startHouse } from '../testing/house.ts';
import { acceptInvitation } from './actions/accept-invitation.ts';
import { addPasskey } from './actions/add-passkey.ts';
import { beginPasskey } from './actions/begin-passkey.ts';
import { beginPasskeySignIn } from './actions/begin-passkey-sign-in.ts';
import { beginWalletSignIn } from './actions/begin-wallet-sign-in.ts';
import { confirmAuthenticator } from './actions/confirm-authenticator.ts';
import { confirmSignIn } from './actions/confirm-sign-in.ts';
import { createLinkAction } from './actions/create-link.ts';
import { createToken } from './actions/create-token.ts';
import { deactivatePerson } from './actions/deactivate-person.ts';
import { disableAuthenticator } from './actions/disable-authenticator.ts';
import { enrolAuthenticator } from './actions/enrol-authenticator.ts';
import { finishWalletSignIn } from './actions/finish-wallet-sign-in.ts';
import { getMe } from './actions/get-me.ts';
import { grantRoleAction } from './actions/grant-role.ts';
import { invitePerson } from './actions/invite-person.ts';
import { listIdentities } from './actions/list-identities.ts';
import { redeemLink } from './actions/redeem-link.ts';
import { removePasskey } from './actions/remove-passkey.ts';
import { requestLink } from './actions/request-link.ts';
import { setPassword } from './actions/set-password.ts';
import { signIn } from './actions/sign-in.ts';
import { signInWithPasskey } from './actions/sign-in-with-passkey.ts';
import { unlinkIdentity } from './actions/unlink-identity.ts';
import { updatePerson } from './actions/update-person.ts';
import { codeAt, fromBase32, stepAt } from './totp.ts';

const house = await startHouse([], undefined, { workers: true });
const handedOver = { code: 'identity.handed_over' };
const beyond = { code: 'identity.beyond_own_rights' };
const PASSWORD = 'a night on the pier';
const DAY_MS = 24 * 3_600_000;
type Caller = typeof house.guest;

const newEmail = () => `${crypto.randomUUID()}@people.test`;
const code = (key: string, away: number) => codeAt(fromBase32(key), stepAt(house.now()) + away);

async function lettersTo(email: string) {
  await house.settle();
  return (await house.letters()).filter(({ to }) => to === email);
}

async function byMail(email: string): Promise<Caller> {
  await house.run(house.guest, requestLink, { email });
  const link = /token=(\S+)/.exec((await lettersTo(email))[0]?.text ?? '')?.[1] ?? '';
  return house.bearer('session', (await house.run(house.guest, redeemLink, { link })).session ?? '');
}

async function byLinkOf(by: Caller, personId: string): Promise<Caller> {
  const { link } = await house.run(by, createLinkAction, { personId });
  return house.bearer('session', (await house.run(house.guest, redeemLink, { link })).session ?? '');
}

async function byPassword(email: string, password = PASSWORD): Promise<Caller> {
  return house.bearer('session', (await house.run(house.guest, signIn, { email, password })).session ?? '');
}

async function keep(caller: Caller) {
  const authenticator = createAuthenticator();
  const { options } = await house.run(caller, beginPasskey, {});
  const { passkeyId } = await house.run(caller, addPasskey, { credential: authenticator.make(options), name: 'My phone' });
  const signIn = async () => {
    const { options } = await house.run(house.guest, beginPasskeySignIn, {});
    const { session } = await house.run(house.guest, signInWithPasskey, { credential: authenticator.sign(options) });
    return house.bearer('session', session);
  };
  return { passkeyId, signIn };
}

async function linkWallet(caller: Caller) {
  const wallet = privateKeyToAccount(generatePrivateKey());
  const sign = async (who: Caller, link: boolean) => {
    const { message } = await house.run(who, beginWalletSignIn, { address: wallet.address, link });
    return house.run(who, finishWalletSignIn, { message, signature: await wallet.signMessage({ message }) });
  };
  await sign(caller, true);
  const identityId = (await house.run(caller, listIdentities, {})).items[0]?.identityId ?? '';
  return { identityId, signIn: async () => house.bearer('session', (await sign(house.guest, false)).session ?? '') };
}

const staff = () => house.person(['editor']);
const isMarked = ({ principal }: Caller) => principal.handedOver === true;

test('whose address somebody else has changed hears of it at the old one, and decides nothing for a day, however they sign in', async () => {
  const [admin, editor] = [await house.person(['admin']), await staff()];
  await house.run(editor.caller, setPassword, { password: PASSWORD });
  const wallet = await linkWallet(editor.caller);
  const passkey = await keep(editor.caller);
  const mine = newEmail();
  await house.run(admin.caller, updatePerson, { personId: editor.personId, email: mine });

  const taken = await byMail(mine);
  expect(isMarked(taken)).toBe(true);
  await expect(house.run(taken, createToken, { name: 'script' })).rejects.toMatchObject(handedOver);
  await expect(house.run(taken, setPassword, { password: `${PASSWORD}!` })).rejects.toMatchObject(handedOver);
  for (const caller of [await byPassword(mine), await wallet.signIn(), await passkey.signIn()])
    expect(isMarked(caller)).toBe(true);
  expect(await lettersTo(editor.email)).toMatchObject([
    { subject: 'Your account has another e-mail address', text: expect.stringContaining('Who did it stands in the record.') },
  ]);
  const rows = await everyRow(house.database, ['core', 'identity', 'queue']);
  expect(rows.filter(({ text }) => text.includes(editor.email))).toEqual([]);

  house.advance(DAY_MS + 1000);
  expect(isMarked(await byMail(mine))).toBe(false);
  house.advance(-DAY_MS - 1000);
});

test('the old address is told although its person is deactivated', async () => {
  const [admin, editor] = [await house.person(['admin']), await staff()];
  await house.run(admin.caller, deactivatePerson, { personId: editor.personId });
  await house.run(admin.caller, updatePerson, { personId: editor.personId, email: newEmail() });
  expect(await lettersTo(editor.email)).toHaveLength(1);
});

test("one's own token is no hand of one's own", async () => {
  const admin = await house.person(['admin']);
  const { token } = await house.run(admin.caller, createToken, { name: 'script', scopes: EVERY_SCOPE });
  const mine = newEmail();
  await house.run(await house.bearer('token', token), updatePerson, { personId: admin.personId, email: mine });
  expect(isMarked(await byMail(mine))).toBe(true);
  expect(await lettersTo(admin.email)).toHaveLength(1);
});

test('whoever changes their own address, the operator, and a new name mark nobody and write nothing to the old address', async () => {
  const [admin, editor] = [await house.person(['admin']), await staff()];
  const [mine, theirs] = [newEmail(), newEmail()];
  await house.run(admin.caller, updatePerson, { personId: admin.personId, email: mine });
  await house.run(house.operator, updatePerson, { personId: editor.personId, email: theirs });
  await house.run(admin.caller, updatePerson, { personId: editor.personId, name: 'Another', email: theirs.toUpperCase() });
  for (const email of [mine, theirs]) expect(isMarked(await byMail(email))).toBe(false);
  for (const email of [admin.email, editor.email]) expect(await lettersTo(email)).toEqual([]);
});

test('an account that somebody in charge has stripped of its ways is marked for a day, and its person is told', async () => {
  const admin = await house.person(['admin']);
  const [ann, bob, eve] = [await staff(), await staff(), await staff()];
  const [{ passkeyId }, { identityId }] = [await keep(ann.caller), await linkWallet(bob.caller)];
  const { key } = await house.run(eve.caller, enrolAuthenticator, {});
  await house.run(eve.caller, confirmAuthenticator, { code: code(key, 0) });
  await house.run(admin.caller, removePasskey, { passkeyId });
  await house.run(admin.caller, unlinkIdentity, { identityId });
  await house.run(admin.caller, disableAuthenticator, { personId: eve.personId });

  for (const { email } of [ann, bob, eve]) {
    expect(await lettersTo(email)).toMatchObject([
      { text: expect.stringContaining('If you did not ask for it, tell an Owner.') },
    ]);
    expect(isMarked(await byMail(email))).toBe(true);
  }
});

test('a manager touches no way in of another Admin, of an Auditor, or by a token that is cut down', async () => {
  const [admin, other, auditor, somebody] = [
    await house.person(['admin']),
    await house.person(['admin']),
    await house.person(),
    await house.person(),
  ];
  const waysOf = async ({ caller }: { caller: Caller }) => {
    const { identityId } = await linkWallet(caller);
    return { identityId, passkeyId: (await keep(caller)).passkeyId };
  };
  const [others, auditors, theirs] = [await waysOf(other), await waysOf(auditor), await waysOf(somebody)];
  await house.run(house.operator, grantRoleAction, { personId: auditor.personId, role: 'auditor' });
  const made = { name: 'script', scopes: ['identity.person.manage', 'identity.passkey.manage', 'identity.link.manage'] };
  const cut = await house.bearer('token', (await house.run(admin.caller, createToken, made)).token);
  const tries = [
    [admin.caller, others, beyond],
    [house.operator, auditors, { code: 'identity.auditor_apart' }],
    [cut, theirs, beyond],
  ] as const;
  for (const [caller, { passkeyId, identityId }, refusal] of tries) {
    await expect(house.run(caller, removePasskey, { passkeyId })).rejects.toMatchObject(refusal);
    await expect(house.run(caller, unlinkIdentity, { identityId })).rejects.toMatchObject(refusal);
  }
  const { personId } = somebody;
  await expect(house.run(cut, updatePerson, { personId, email: newEmail() })).rejects.toMatchObject(beyond);
  const owner = await house.owner();
  await house.run(owner, unlinkIdentity, { identityId: others.identityId });
  await house.run(owner, removePasskey, { passkeyId: others.passkeyId });
});

test('in a session that was handed over nobody unlinks an account', async () => {
  const [admin, editor] = [await house.person(['admin']), await staff()];
  const { identityId } = await linkWallet(editor.caller);
  const opened = await byLinkOf(admin.caller, editor.personId);
  await expect(house.run(opened, unlinkIdentity, { identityId })).rejects.toMatchObject(handedOver);
});

test('whose first proof was made in a session that was handed over works with it, and for a day decides nothing', async () => {
  const admin = await house.person(['admin']);
  const ways = [
    async (opened: Caller, email: string) => {
      await house.run(opened, setPassword, { password: PASSWORD });
      return () => byPassword(email);
    },
    async (opened: Caller) => (await keep(opened)).signIn,
    async (opened: Caller, email: string) => {
      const { key } = await house.run(opened, enrolAuthenticator, {});
      await house.run(opened, confirmAuthenticator, { code: code(key, -1) });
      return async () => {
        await house.run(house.guest, requestLink, { email });
        const link = /token=(\S+)/.exec((await lettersTo(email))[0]?.text ?? '')?.[1] ?? '';
        const { challenge = '' } = await house.run(house.guest, redeemLink, { link });
        const { session } = await house.run(house.guest, confirmSignIn, { challenge, code: code(key, 0) });
        return house.bearer('session', session);
      };
    },
  ];
  for (const prove of ways) {
    const { personId, email } = await house.person(['viewer']);
    const signInAgain = await prove(await byLinkOf(admin.caller, personId), email);
    const again = await signInAgain();
    expect(isMarked(again)).toBe(true);
    expect(await house.run(again, getMe, {})).toMatchObject({ id: personId });
    await expect(house.run(again, createToken, { name: 'script' })).rejects.toMatchObject(handedOver);
  }
});

test('a day later the first password opens sessions like any other', async () => {
  const house = await startHouse();
  const { personId, email } = await house.person(['viewer']);
  const { link } = await house.run(await house.owner(), createLinkAction, { personId });
  const opened = await house.bearer('session', (await house.run(house.guest, redeemLink, { link })).session ?? '');
  await house.run(opened, setPassword, { password: PASSWORD });
  house.advance(DAY_MS + 1000);
  const { session = '' } = await house.run(house.guest, signIn, { email, password: PASSWORD });
  const later = await house.bearer('session', session);
  expect(later.principal).not.toHaveProperty('handedOver');
  expect(await house.run(later, createToken, { name: 'script' })).toHaveProperty('token');
});

test('where two proofs are needed a new Admin gives both in the session that was handed over, and works', async () => {
  const house = await startHouse([], undefined, { requireSecondFactor: true });
  const first = await house.link();
  const { key } = await house.run(first.caller, enrolAuthenticator, {});
  await house.run(first.caller, confirmAuthenticator, { code: codeAt(fromBase32(key), stepAt(house.now())) });
  const owner = await house.bearer('session', first.session);
  const admin = await house.person(['admin']);
  const { link } = await house.run(owner, createLinkAction, { personId: admin.personId });
  const session = (await house.run(house.guest, redeemLink, { link })).session ?? '';
  const opened = await house.bearer('session', session);
  await house.run(opened, setPassword, { password: PASSWORD });
  const second = await house.run(opened, enrolAuthenticator, {});
  await house.run(opened, confirmAuthenticator, { code: codeAt(fromBase32(second.key), stepAt(house.now())) });
  const proved = await house.bearer('session', session);
  expect(proved.principal).toMatchObject({ handedOver: true, proofs: 2 });
  expect(await house.run(proved, getMe, {})).not.toHaveProperty('needsSecondFactor');
});

test('whose authenticator was taken enrols another after their password, and nothing else; a link of the operator lets them in as themselves', async () => {
  const owner = await house.owner();
  const { personId, email } = await house.personWith(PASSWORD);
  const own = await byPassword(email);
  const { key } = await house.run(own, enrolAuthenticator, {});
  await house.run(own, confirmAuthenticator, { code: code(key, -1) });
  await house.run(owner, disableAuthenticator, { personId });

  const marked = await byPassword(email);
  expect(isMarked(marked)).toBe(true);
  const another = { password: `${PASSWORD}!`, present: PASSWORD };
  await expect(house.run(marked, setPassword, another)).rejects.toMatchObject(handedOver);
  const made = await house.run(marked, enrolAuthenticator, {});
  await house.run(marked, confirmAuthenticator, { code: code(made.key, -1) });
  const { link } = await house.run(house.operator, createLinkAction, { personId });
  const { challenge = '' } = await house.run(house.guest, redeemLink, { link });
  const { session } = await house.run(house.guest, confirmSignIn, { challenge, code: code(made.key, 0) });
  expect(isMarked(await house.bearer('session', session))).toBe(false);
});

test('whoever accepts an invitation has done it themselves', async () => {
  const email = newEmail();
  await house.run((await house.person(['admin'])).caller, invitePerson, { name: 'Zoë', email, role: 'editor' });
  const invitation = /token=(\S+)/.exec((await lettersTo(email))[0]?.text ?? '')?.[1] ?? '';
  const { session } = await house.run(house.guest, acceptInvitation, { invitation });
  const caller = await house.bearer('session', session);
  await house.run(caller, setPassword, { password: PASSWORD });
  for (const one of [caller, await byPassword(email)]) expect(isMarked(one)).toBe(false);
});

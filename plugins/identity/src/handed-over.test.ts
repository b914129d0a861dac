import { expect, test } from 'vitest';
import { createAuthenticator } from '../testing/authenticator.ts';
import { startHouse } from '../testing/house.ts';
import { addPasskey } from './actions/add-passkey.ts';
import { beginPasskey } from './actions/begin-passkey.ts';
import { beginProviderSignIn } from './actions/begin-provider-sign-in.ts';
import { beginWalletSignIn } from './actions/begin-wallet-sign-in.ts';
import { confirmAuthenticator } from './actions/confirm-authenticator.ts';
import { confirmSignIn } from './actions/confirm-sign-in.ts';
import { createLinkAction } from './actions/create-link.ts';
import { createToken } from './actions/create-token.ts';
import { enrolAuthenticator } from './actions/enrol-authenticator.ts';
import { redeemLink } from './actions/redeem-link.ts';
import { requestLink } from './actions/request-link.ts';
import { setPassword } from './actions/set-password.ts';
import { updatePerson } from './actions/update-person.ts';
import { allowApp } from './oauth/allow-app.ts';
import { codeAt, fromBase32, stepAt } from './totp.ts';

const house = await startHouse([], undefined, {
  workers: true,
  settings: { GITHUB_CLIENT_ID: 'us', GITHUB_CLIENT_SECRET: 'ours' },
});
const handedOver = { code: 'identity.handed_over' };
const PASSWORD = 'a night on the pier';
const owner = await house.owner();
type Caller = typeof house.guest;

/** Signed in by a link that the Owner has made. */
async function openedFor(personId: string, by: Caller = owner): Promise<Caller> {
  const { link } = await house.run(by, createLinkAction, { personId });
  const { session = '' } = await house.run(house.guest, redeemLink, { link });
  return house.bearer('session', session);
}

const app = {
  clientId: 'client-1',
  clientName: 'Assistant',
  clientHost: 'assistant.example',
  resource: 'https://house.example/mcp',
  scopes: ['identity.me.read'],
  days: 30,
};

test('by a link that another person made nobody makes credentials, links accounts, lets apps in or opens another way in', async () => {
  const { personId } = await house.person(['admin']);
  const caller = await openedFor(personId);
  expect(caller.principal.handedOver).toBe(true);
  const address = '0x71C7656EC7ab88b098defB751B7401B5f6d8976F';
  const tries = [
    () => house.run(caller, createToken, { name: 'script' }),
    () => house.run(caller, allowApp, app),
    () => house.run(caller, createLinkAction, {}),
    () => house.run(caller, updatePerson, { personId, email: 'elsewhere@people.test' }),
    () => house.run(caller, beginWalletSignIn, { address, link: true }),
    () => house.run(caller, beginProviderSignIn, { provider: 'github', link: true }),
  ];
  for (const [place, attempt] of tries.entries()) await expect(attempt(), String(place)).rejects.toMatchObject(handedOver);
});

test('it sets the first password of an account without any way in, and none of one that has one', async () => {
  const { personId } = await house.person();
  await house.run(await openedFor(personId), setPassword, { password: PASSWORD });
  const again = await openedFor(personId);
  await expect(house.run(again, setPassword, { password: `${PASSWORD}!` })).rejects.toMatchObject(handedOver);
  await expect(house.run(again, enrolAuthenticator, {})).rejects.toMatchObject(handedOver);
  await expect(house.run(again, beginPasskey, {})).rejects.toMatchObject(handedOver);

  const other = await house.person();
  const { options } = await house.run(other.caller, beginPasskey, {});
  await house.run(other.caller, addPasskey, { credential: createAuthenticator().make(options), name: 'My phone' });
  const opened = await openedFor(other.personId);
  await expect(house.run(opened, setPassword, { password: PASSWORD })).rejects.toMatchObject(handedOver);
});

test('the mark stays where a code is owed after the link', async () => {
  const { personId, caller } = await house.person();
  const { key } = await house.run(caller, enrolAuthenticator, {});
  const code = (away: number) => codeAt(fromBase32(key), stepAt(house.now()) + away);
  await house.run(caller, confirmAuthenticator, { code: code(-1) });
  const { link } = await house.run(owner, createLinkAction, { personId });
  const { challenge = '' } = await house.run(house.guest, redeemLink, { link });
  const { session } = await house.run(house.guest, confirmSignIn, { challenge, code: code(0) });
  expect((await house.bearer('session', session)).principal).toMatchObject({ handedOver: true, proofs: 2 });
});

test('whose link it was is told by mail', async () => {
  const { personId, email } = await house.person();
  await house.run(owner, createLinkAction, { personId });
  await house.settle();
  expect((await house.letters()).filter(({ to }) => to === email)).toMatchObject([
    { subject: 'A link was made that signs in as you', text: expect.stringContaining('Who made it stands in the record.') },
  ]);
});

test("one's own link, a mailed one and the operator's open a session like any other, and tell nobody", async () => {
  const admin = await house.person(['admin']);
  const mine = await openedFor(admin.personId, admin.caller);
  await house.run(house.guest, requestLink, { email: admin.email });
  await house.settle();
  const letters = (await house.letters()).filter(({ to }) => to === admin.email);
  expect(letters).toHaveLength(1);
  const link = /token=(\S+)/.exec(letters[0]?.text ?? '')?.[1] ?? '';
  const { session = '' } = await house.run(house.guest, redeemLink, { link });
  for (const caller of [mine, admin.caller, await house.bearer('session', session)]) {
    expect(caller.principal).not.toHaveProperty('handedOver');
    expect(await house.run(caller, createToken, { name: 'script' })).toHaveProperty('token');
  }
});

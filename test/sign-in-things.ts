// What the ways to sign in have to act on: somebody with a code, a passkey and a wallet, and what each of them is asked for now.
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { codeAt, fromBase32, stepAt } from '../plugins/identity/src/totp.ts';
import { createAuthenticator } from '../plugins/identity/testing/authenticator.ts';
import type { Bare, FurnishedHouse, Things } from './furnished-house.ts';
import type { SignInProvider } from './sign-in-provider.ts';

/** What an authenticator with this key shows, `away` half minutes from now. */
export const codeOf = (key: string | undefined, away = 0) => codeAt(fromBase32(key ?? ''), stepAt(new Date()) + away);

export async function signInThings(
  { ask, signInByLink, guest, itself }: Bare,
  { email, provider }: { email: string; provider: SignInProvider },
): Promise<{ careful: FurnishedHouse['owner']; things: Things }> {
  const { personId: carefulId = '' } = await ask('identity.create-person', { name: 'Careful', email: `careful-${email}` });
  const careful = await signInByLink(carefulId);
  const { key: carefulKey = '' } = await ask('identity.enrol-authenticator', {}, careful);
  await ask('identity.confirm-authenticator', { code: codeOf(carefulKey, -1) }, careful);
  const { link } = await ask('identity.create-link', { personId: carefulId });
  const { challenge = '' } = await ask('identity.redeem-link', { link }, guest);
  const { key: ownerKey = '' } = await ask('identity.enrol-authenticator');

  const [phone, ownersPhone] = [createAuthenticator(), createAuthenticator()];
  const { options: adding = '' } = await ask('identity.begin-passkey', {}, careful);
  const { passkeyId = '' } = await ask('identity.add-passkey', { credential: phone.make(adding), name: 'A phone' }, careful);
  const { options: signing = '' } = await ask('identity.begin-passkey-sign-in', {}, guest);
  const { options: ownersAdding = '' } = await ask('identity.begin-passkey');

  const accountSubject = crypto.randomUUID();
  const { code = '' } = await ask('identity.begin-account-link', { channel: 'discord' }, careful);
  await ask(
    'identity.link-account',
    { code, channel: 'discord', subject: accountSubject, label: '@careful' },
    itself('identity.link-account'),
  );
  const { code: accountCode = '' } = await ask('identity.begin-account-link', { channel: 'telegram' }, careful);

  const wallet = privateKeyToAccount(generatePrivateKey());
  const signed = async (caller: typeof guest, link: boolean) => {
    const { message = '' } = await ask('identity.begin-wallet-sign-in', { address: wallet.address, link }, caller);
    return { message, signature: await wallet.signMessage({ message }) };
  };
  await ask('identity.finish-wallet-sign-in', await signed(careful, true), careful);
  const { items } = (await ask('identity.list-identities', {}, careful)) as unknown as { items: { identityId: string }[] };
  const { message, signature } = await signed(guest, false);

  const { url = '', binding = '' } = await ask('identity.begin-provider-sign-in', { provider: 'oidc' }, guest);
  provider.expect(email, url);
  const things = {
    carefulId,
    carefulKey,
    challenge,
    ownerKey,
    passkeyId,
    accountSubject,
    accountCode,
    newPasskey: ownersPhone.make(ownersAdding),
    signedPasskey: phone.sign(signing),
    identityId: items[0]?.identityId ?? '',
    wallet: wallet.address,
    message,
    signature,
    binding,
    state: new URL(url).searchParams.get('state') ?? '',
  };
  return { careful, things };
}

/** What somebody signed in a moment ago has to change on their account page: each of their own, begun and to be ended. */
export async function accountThings(
  { ask, guest }: Pick<FurnishedHouse, 'ask' | 'guest'>,
  caller: FurnishedHouse['owner'],
  newLink: () => Promise<string>,
): Promise<Things> {
  const phone = createAuthenticator();
  const { options: adding = '' } = await ask('identity.begin-passkey', {}, caller);
  const { passkeyId = '' } = await ask('identity.add-passkey', { credential: phone.make(adding), name: 'A phone' }, caller);
  const link = async () => {
    const wallet = privateKeyToAccount(generatePrivateKey());
    const { message = '' } = await ask('identity.begin-wallet-sign-in', { address: wallet.address, link: true }, caller);
    return { message, signature: await wallet.signMessage({ message }) };
  };
  await ask('identity.finish-wallet-sign-in', await link(), caller);
  const first = async (action: string) =>
    ((await ask(action, {}, caller)) as unknown as { items: Record<string, string>[] }).items;
  const [identity] = await first('identity.list-identities');
  await ask('identity.redeem-link', { link: await newLink() }, guest);
  const other = (await first('identity.list-sessions')).find(({ current }) => !current);
  const { tokenId = '' } = await ask('identity.create-token', { name: 'script' }, caller);
  const { key } = await ask('identity.enrol-authenticator', {}, caller);
  const { options: addingAnother = '' } = await ask('identity.begin-passkey', {}, caller);
  const { message, signature } = await link();
  return {
    ownPasskeyId: passkeyId,
    ownNewPasskey: createAuthenticator().make(addingAnother),
    ownIdentityId: identity?.identityId ?? '',
    ownOtherSessionId: other?.sessionId ?? '',
    ownTokenId: tokenId,
    ownCode: codeOf(key),
    ownMessage: message,
    ownSignature: signature,
  };
}

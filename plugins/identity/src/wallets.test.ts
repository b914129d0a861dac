import { anvil } from '@troupe-os/core/testing';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { parseSiweMessage } from 'viem/siwe';
import { expect, test } from 'vitest';
import { startChain } from '../testing/chain.ts';
import { type House, startHouse } from '../testing/house.ts';
import { beginWalletSignIn } from './actions/begin-wallet-sign-in.ts';
import { finishWalletSignIn } from './actions/finish-wallet-sign-in.ts';
import { getMe } from './actions/get-me.ts';
import { listIdentities } from './actions/list-identities.ts';
import { unlinkIdentity } from './actions/unlink-identity.ts';

const house = await startHouse();
const newWallet = () => privateKeyToAccount(generatePrivateKey());
type Signer = ReturnType<typeof newWallet>;
const wrong = { code: 'identity.wrong_signature' };
const expired = { code: 'identity.wallet_sign_in_expired' };
const unknown = { code: 'identity.no_such_account' };

/** Begins for an address and has the message signed, by the wallet itself unless by another. */
async function sign(address: string, signer: Signer, caller = house.guest, link = false, at: House = house) {
  const { message } = await at.run(caller, beginWalletSignIn, { address, link });
  return { message, signature: await signer.signMessage({ message }) };
}

async function linked(caller: typeof house.guest, wallet: Signer) {
  return house.run(caller, finishWalletSignIn, await sign(wallet.address, wallet, caller, true));
}

test('a wallet that is linked signs its person in, whatever the case of its address', async () => {
  const [wallet, { caller, personId }] = [newWallet(), await house.person(['editor'])];
  expect(await linked(caller, wallet)).toEqual({ personId, linked: true });

  const { session = '' } = await house.run(house.guest, finishWalletSignIn, await sign(wallet.address.toLowerCase(), wallet));
  const me = await house.run(await house.bearer('session', session), getMe, {});
  expect(me).toMatchObject({ id: personId, roles: [{ role: 'editor' }] });
  expect((await house.run(caller, listIdentities, {})).items).toMatchObject([{ provider: 'ethereum', label: wallet.address }]);
  await expect(house.run(house.guest, finishWalletSignIn, await sign(newWallet().address, wallet))).rejects.toMatchObject(wrong);
});

test('the message names this house, the chain, the address and a nonce, and is signed as it was given', async () => {
  const [wallet, { caller }] = [newWallet(), await house.person()];
  await linked(caller, wallet);
  const { message } = await house.run(house.guest, beginWalletSignIn, { address: wallet.address });
  const said = parseSiweMessage(message);
  expect(said).toMatchObject({
    domain: 'troupe.test',
    uri: 'http://troupe.test',
    chainId: 1,
    address: wallet.address,
    version: '1',
  });
  expect(said.nonce?.length).toBeGreaterThanOrEqual(16);
  expect((said.expirationTime?.getTime() ?? 0) - (said.issuedAt?.getTime() ?? 0)).toBe(5 * 60_000);

  const changed: [string, string][] = [
    ['troupe.test wants', 'elsewhere.test wants'],
    ['Chain ID: 1', 'Chain ID: 10'],
    ['URI: http://troupe.test', 'URI: http://elsewhere.test'],
    [wallet.address, newWallet().address],
    ['Sign in to Troupe.', 'Give everything away.'],
  ];
  for (const [from, to] of changed) {
    const other = message.replace(from, to);
    const signature = await wallet.signMessage({ message: other });
    await expect(house.run(house.guest, finishWalletSignIn, { message: other, signature }), to).rejects.toMatchObject(wrong);
  }
  const other = message.replace(said.nonce ?? '', 'f'.repeat(32));
  const signature = await wallet.signMessage({ message: other });
  await expect(house.run(house.guest, finishWalletSignIn, { message: other, signature })).rejects.toMatchObject(expired);
});

test('a message counts once, for five minutes', async () => {
  const at = await startHouse(); // its clock is moved
  const [wallet, { caller }] = [newWallet(), await at.person()];
  await at.run(caller, finishWalletSignIn, await sign(wallet.address, wallet, caller, true, at));
  const [late, twice] = [
    await sign(wallet.address, wallet, at.guest, false, at),
    await sign(wallet.address, wallet, at.guest, false, at),
  ];
  const both = await Promise.allSettled([1, 2].map(() => at.run(at.guest, finishWalletSignIn, twice)));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(at.run(at.guest, finishWalletSignIn, twice)).rejects.toMatchObject(expired);
  at.advance(5 * 60_000 + 1000);
  await expect(at.run(at.guest, finishWalletSignIn, late)).rejects.toMatchObject(expired);
});

test('a wallet is linked by its holder, to one person, and signs nobody in once unlinked or its person deactivated', async () => {
  const [wallet, ann, bob] = [newWallet(), await house.person(), await house.person()];
  await expect(house.run(house.guest, finishWalletSignIn, await sign(wallet.address, wallet))).rejects.toMatchObject(unknown);
  const forAnn = await sign(wallet.address, wallet, ann.caller, true);
  await expect(house.run(bob.caller, finishWalletSignIn, forAnn)).rejects.toMatchObject({ code: 'core.unauthenticated' });
  await linked(ann.caller, wallet);
  await expect(linked(bob.caller, wallet)).rejects.toMatchObject({ code: 'identity.already_linked' });

  const { session = '' } = await house.run(house.guest, finishWalletSignIn, await sign(wallet.address, wallet));
  const begun = await sign(wallet.address, wallet);
  await house.call(house.operator, 'identity.deactivate-person', { personId: ann.personId });
  await expect(house.bearer('session', session)).rejects.toMatchObject({ code: 'core.bad_credentials' });
  await expect(house.run(house.guest, finishWalletSignIn, begun)).rejects.toMatchObject(unknown);
  await house.call(house.operator, 'identity.reactivate-person', { personId: ann.personId });

  const identityId = (await house.run(house.operator, listIdentities, { personId: ann.personId })).items[0]?.identityId ?? '';
  await house.run(house.operator, unlinkIdentity, { identityId });
  await expect(house.run(house.guest, finishWalletSignIn, await sign(wallet.address, wallet))).rejects.toMatchObject(unknown);
});

test('an address that is none is refused, and a contract does not sign in where no node is set', async () => {
  for (const address of ['0x0', `0x${'g'.repeat(40)}`])
    await expect(house.run(house.guest, beginWalletSignIn, { address })).rejects.toMatchObject({ code: 'core.invalid_input' });
  const mistyped = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96046';
  await expect(house.run(house.guest, beginWalletSignIn, { address: mistyped })).rejects.toMatchObject({
    code: 'identity.wrong_address',
  });
  const signer = newWallet();
  const { message } = await sign(newWallet().address, signer);
  const signature = `0x${'ab'.repeat(200)}`;
  await expect(house.run(house.guest, finishWalletSignIn, { message, signature })).rejects.toMatchObject(wrong);
});

test.runIf(anvil())('a wallet that is a contract (EIP-1271) signs in for whom its owner signs, on its chain alone', async () => {
  const chain = await startChain(anvil() ?? '');
  try {
    const settings = { ETHEREUM_CHAIN_ID: '31337', ETHEREUM_RPC_URL: chain.url };
    const at = await startHouse([], undefined, { settings });
    const [owner, { caller, personId }] = [newWallet(), await at.person()];
    const contract = await chain.deployWallet(owner);
    const finish = async (who: typeof caller, signer: Signer, link = false) =>
      at.run(who, finishWalletSignIn, await sign(contract, signer, who, link, at));

    await expect(finish(caller, newWallet(), true)).rejects.toMatchObject(wrong);
    expect(await finish(caller, owner, true)).toEqual({ personId, linked: true });
    expect(await finish(at.guest, owner)).toMatchObject({ personId, linked: false });
    const elsewhere = await startHouse([], undefined, { settings: { ...settings, ETHEREUM_CHAIN_ID: '10' } });
    await expect(
      elsewhere.run(elsewhere.guest, finishWalletSignIn, await sign(contract, owner, elsewhere.guest, false, elsewhere)),
    ).rejects.toMatchObject(wrong);
  } finally {
    await chain.stop();
  }
});

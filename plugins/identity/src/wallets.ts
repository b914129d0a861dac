// Sign-In with Ethereum (ERC-4361). The message is ours from the first letter to the last: it is made again from what was stored,
// so that whatever is signed names this house, this chain, this address and a nonce of five minutes. Viem is loaded with the first one.
import type { Context, Tools } from '@troupe-os/core';
import { and, eq, gt } from 'drizzle-orm';
import { askedFrom } from './asked-from.ts';
import { identityErrors } from './errors.ts';
import { walletSignIns } from './schema.ts';
import { hashSecret } from './secrets.ts';

const LIFE_MS = 5 * 60_000;
const NONCE_CHARACTERS = 32;
const TIMEOUT_MS = 10_000;

/** Under which wallets stand among the linked identities. */
export const WALLETS = 'ethereum';

export const WALLET_SETTINGS = {
  ETHEREUM_CHAIN_ID: 'the chain that wallets sign in for; 1 unless said otherwise',
  ETHEREUM_RPC_URL: 'the address of a node of that chain; without one, wallets that are contracts do not sign in',
} as const;

type Begun = typeof walletSignIns.$inferSelect;

export interface Claim {
  readonly id: string;
  readonly address: string;
  readonly actorId: string | undefined;
  readonly chainId: number;
  readonly nonceHash: string;
  readonly message: string;
}

/** What a wallet is given to sign. Errors: identity.wrong_address. */
export async function claimOf(tools: Tools, typed: string, actorId: string | undefined): Promise<Claim> {
  const { getAddress, isAddress } = await import('viem/utils');
  if (!isAddress(typed)) throw identityErrors.wrong_address(); // a mixed-case one whose checksum is wrong too
  const claim = { id: crypto.randomUUID(), address: getAddress(typed), chainId: chainOf(tools), actorId };
  const message = await messageOf(tools, { ...claim, createdAt: tools.now });
  return { ...claim, nonceHash: hashSecret(nonceOf(tools, claim.id)), message };
}

export async function recordClaim(
  ctx: Context,
  { id, address, actorId, chainId, nonceHash }: Claim,
  createdAt: Date,
): Promise<void> {
  await ctx.db.insert(walletSignIns).values({
    id,
    nonceHash,
    address,
    chainId,
    actorId: actorId ?? null,
    askedFrom: askedFrom(ctx),
    createdAt,
    expiresAt: new Date(createdAt.getTime() + LIFE_MS),
  });
}

/**
 * Whose signature this is: the claim that it proves, and what the wallet is linked by. A plain wallet is the same on each chain;
 * one that is a contract may be somebody else's on another. Errors: identity.wallet_sign_in_expired, identity.wrong_signature.
 */
export async function provenBy(
  tools: Tools,
  { message, signature }: { message: string; signature: `0x${string}` },
): Promise<{ begun: Begun; subject: string }> {
  const nonce = /^Nonce: ([0-9a-f]+)$/m.exec(message)?.[1] ?? '';
  const [begun] = await tools.db
    .select()
    .from(walletSignIns)
    .where(and(eq(walletSignIns.nonceHash, hashSecret(nonce)), gt(walletSignIns.expiresAt, tools.now)));
  if (!begun || begun.chainId !== chainOf(tools)) throw identityErrors.wallet_sign_in_expired();
  if (message !== (await messageOf(tools, begun))) throw identityErrors.wrong_signature();
  const address = begun.address as `0x${string}`; // written by claimOf
  const known = address.toLowerCase();
  if (await isSignedByKey(address, message, signature)) return { begun, subject: known };
  if (await isSignedByContract(tools, address, message, signature)) return { begun, subject: `${begun.chainId}:${known}` };
  throw identityErrors.wrong_signature();
}

/** Uses a claim up: of two signatures for one nonce, one counts. Errors: identity.wallet_sign_in_expired. */
export async function endClaim(ctx: Context, id: string): Promise<void> {
  const ended = await ctx.db.delete(walletSignIns).where(eq(walletSignIns.id, id)).returning({ id: walletSignIns.id });
  if (ended.length === 0) throw identityErrors.wallet_sign_in_expired();
}

async function messageOf(
  tools: Tools,
  { id, address, chainId, createdAt }: Pick<Begun, 'id' | 'address' | 'chainId' | 'createdAt'>,
): Promise<string> {
  const { createSiweMessage } = await import('viem/siwe');
  return createSiweMessage({
    address: address as `0x${string}`, // written by claimOf
    chainId,
    domain: new URL(tools.publicUrl).host,
    uri: tools.publicUrl,
    statement: 'Sign in to Troupe.',
    version: '1',
    nonce: nonceOf(tools, id),
    issuedAt: createdAt,
    expirationTime: new Date(createdAt.getTime() + LIFE_MS),
  });
}

const nonceOf = ({ digest }: Pick<Tools, 'digest'>, id: string) => digest(['siwe', id]).slice(0, NONCE_CHARACTERS);

function chainOf({ settings }: Pick<Tools, 'settings'>): number {
  const chainId = Number(settings.ETHEREUM_CHAIN_ID ?? '1');
  if (!Number.isSafeInteger(chainId) || chainId < 1) throw identityErrors.unknown_provider();
  return chainId;
}

async function isSignedByKey(address: `0x${string}`, message: string, signature: `0x${string}`): Promise<boolean> {
  const { verifyMessage } = await import('viem/utils');
  // what is no signature of a key may still be one of a contract
  return verifyMessage({ address, message, signature }).catch(() => false);
}

/** EIP-1271, and EIP-6492 for contracts that are not there yet. */
async function isSignedByContract(
  { settings }: Tools,
  address: `0x${string}`,
  message: string,
  signature: `0x${string}`,
): Promise<boolean> {
  if (!settings.ETHEREUM_RPC_URL) return false;
  const { createPublicClient, http } = await import('viem');
  const client = createPublicClient({ transport: http(settings.ETHEREUM_RPC_URL, { timeout: TIMEOUT_MS, retryCount: 1 }) });
  try {
    if ((await client.getChainId()) !== chainOf({ settings })) return false;
    return await client.verifyMessage({ address, message, signature });
  } catch (cause) {
    throw identityErrors.provider_failed(undefined, cause);
  }
}

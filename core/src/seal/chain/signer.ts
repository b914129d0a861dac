// The key that pays for anchors. It signs nothing else than a transaction of value 0 to itself that says a checkpoint.
import type { Secret } from '../../secret.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { encodeAnchor } from './payload.ts';

export interface AnchorSigner {
  /** In lower case. */
  readonly address: string;
  sign(anchor: UnsignedAnchor): Promise<SignedTransaction>;
}

export interface UnsignedAnchor {
  readonly checkpoint: Checkpoint;
  readonly nonce: number;
  readonly price: Price;
}

/** EIP-1559: gas, and the most that is paid for each, of which the tip goes to the block's maker. */
export interface Price {
  readonly gas: bigint;
  readonly feePerGas: bigint;
  readonly tipPerGas: bigint;
}

export interface SignedTransaction {
  readonly hash: string;
  readonly raw: string;
}

/** The library is loaded here and nowhere else: a house without anchors on a chain does not pay for it. */
export async function openSigner({ chainId, key }: { chainId: number; key: Secret }): Promise<AnchorSigner> {
  const [{ privateKeyToAccount }, { keccak256 }] = await Promise.all([import('viem/accounts'), import('viem/utils')]);
  const account = privateKeyToAccount(key.reveal() as `0x${string}`);
  return {
    address: account.address.toLowerCase(),
    async sign({ checkpoint, nonce, price }) {
      const raw = await account.signTransaction({
        type: 'eip1559',
        chainId,
        nonce,
        to: account.address,
        value: 0n,
        data: dataOf(checkpoint),
        gas: price.gas,
        maxFeePerGas: price.feePerGas,
        maxPriorityFeePerGas: price.tipPerGas,
      });
      return { raw, hash: keccak256(raw) };
    },
  };
}

export const dataOf = (checkpoint: Checkpoint): `0x${string}` => `0x${encodeAnchor(checkpoint).toString('hex')}`;

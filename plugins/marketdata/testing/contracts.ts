// Little contracts in the bytes of the machine itself, which tell what they are told to: a collection, a token that pays, a marketplace.
import type { TestChain } from '@troupe-os/core/testing';
import { TRANSFER } from '../src/sources/erc721-sale.ts';

const TOPIC = TRANSFER.slice(2);
/** Takes from, to and token, and logs `Transfer` with all three indexed. */
const COLLECTION = `6040356020356000357f${TOPIC}60006000a400`;
/** Takes from, to and sum, and logs `Transfer` with the sum as data. */
const TOKEN = `6040356000526020356000357f${TOPIC}60206000a300`;
/** Takes pieces of a contract and three words, and calls each contract with its words. */
const MARKET = '60005b368110600a57005b606081602001600037600060006060600060008535' + '5af150608001600256';

export const NOBODY = `0x${'0'.repeat(40)}`;

export interface TestMarket {
  readonly accounts: readonly string[];
  readonly collection: string;
  readonly token: string;
  readonly market: string;
  /** One transaction: what its marketplace (or another contract) tells, from whom, with how much of the coin. Answers its hash. */
  trade(events: readonly Event[], more?: { from?: string; value?: bigint; to?: string }): Promise<string>;
  mine(blocks?: number): Promise<void>;
}

export interface Event {
  readonly of: string;
  readonly from: string;
  readonly to: string;
  readonly value: bigint;
}

/** On a chain that mines when it is told to (`--no-mining`). */
export async function deployMarket(chain: TestChain): Promise<TestMarket> {
  const accounts = (await chain.ask<string[]>('eth_accounts')).map((account) => account.toLowerCase());
  const mine = async (blocks = 1) => {
    await chain.ask('anvil_mine', hexOf(BigInt(blocks)));
  };
  const send = (transaction: object) =>
    chain.ask<string>('eth_sendTransaction', { from: accounts[0], gas: '0x100000', ...transaction });
  const deploy = async (code: string) => {
    const size = (code.length / 2).toString(16).padStart(2, '0');
    const hash = await send({ data: `0x60${size}80600b6000396000f3${code}` });
    await mine();
    const { contractAddress } = await chain.ask<{ contractAddress: string }>('eth_getTransactionReceipt', hash);
    return contractAddress.toLowerCase();
  };
  const [collection, token, market] = [await deploy(COLLECTION), await deploy(TOKEN), await deploy(MARKET)];
  return {
    accounts,
    collection,
    token,
    market,
    mine,
    async trade(events, { from = accounts[0], value = 0n, to = market } = {}) {
      const pieces = events.flatMap((event) => [BigInt(event.of), BigInt(event.from), BigInt(event.to), event.value]);
      return send({ from, to, value: hexOf(value), data: `0x${pieces.map(word).join('')}` });
    },
  };
}

const word = (value: bigint): string => value.toString(16).padStart(64, '0');
const hexOf = (value: bigint): string => `0x${value.toString(16)}`;

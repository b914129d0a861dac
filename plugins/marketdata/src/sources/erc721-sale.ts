// What of a transaction is taken for the sale of one token (ERC-721): docs/decisions/0024 says why, and what it does not know.
import type { Log, Transaction } from './json-rpc.ts';

/** keccak256 of `Transfer(address,address,uint256)`: of ERC-721 with three indexed fields, of ERC-20 with two. */
export const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
const NOBODY = `0x${'0'.repeat(40)}`;

export interface SaleRule {
  /** The contract of the collection; addresses are in lower case. */
  readonly collection: string;
  /** Contracts of marketplaces: only what was sent to one of them is a sale. */
  readonly markets: ReadonlySet<string>;
  /** The unit of the chain's own coin; undefined: it pays nothing here. */
  readonly coin: string | undefined;
  /** The unit of each token (ERC-20) that pays, by its address. */
  readonly tokens: ReadonlyMap<string, string>;
}

export interface TokenSale {
  readonly tokenId: bigint;
  readonly amount: bigint;
  readonly unit: string;
}

interface Move {
  readonly from: string;
  readonly to: string;
  /** Which token, or how much of one. */
  readonly value: bigint;
}

/**
 * A sale: one token went from hand to hand in a transaction to a marketplace, and whoever has it now paid for it in one unit. Undefined:
 * there was none, or what it cost cannot be said (several tokens, several units, paid by somebody else).
 */
export function saleOf(
  { from, to, value }: Pick<Transaction, 'from' | 'to' | 'value'>,
  logs: readonly Log[],
  { collection, markets, coin, tokens }: SaleRule,
): TokenSale | undefined {
  if (!to || !markets.has(to)) return undefined;
  const moves = logs.filter((log) => log.address === collection).flatMap(tokenMove);
  const [first] = moves;
  const last = moves.at(-1);
  if (!first || !last || !isOneWay(moves)) return undefined;
  const [seller, buyer] = [first.from, last.to];
  if (seller === NOBODY || buyer === NOBODY || seller === buyer) return undefined;
  const paid = [...tokens].flatMap(([token, unit]) => {
    const sums = logs.filter((log) => log.address === token).flatMap(sumMove);
    const cost = -netOf(sums, buyer);
    const got = netOf(sums, seller);
    return cost === 0n ? [] : [{ unit, amount: got > 0n && got <= cost ? cost : 0n }];
  });
  if (value > 0n) paid.push({ unit: coin ?? '', amount: coin !== undefined && from === buyer ? value : 0n });
  const [payment, other] = paid;
  if (!payment || other || payment.amount <= 0n || payment.amount >= 10n ** 30n) return undefined;
  return { tokenId: first.value, ...payment };
}

/** All are of one token, each from where the one before brought it. */
const isOneWay = (moves: readonly Move[]): boolean =>
  moves.every(({ value, from }, at) => value === moves[0]?.value && (at === 0 || from === moves[at - 1]?.to));

const netOf = (sums: readonly Move[], who: string): bigint =>
  sums.reduce((sum, { from, to, value }) => sum + (to === who ? value : 0n) - (from === who ? value : 0n), 0n);

function tokenMove({ topics: [topic, from, to, token], data }: Log): Move[] {
  if (topic !== TRANSFER || from === undefined || to === undefined || token === undefined || data !== '0x') return [];
  return [{ from: addressIn(from), to: addressIn(to), value: BigInt(token) }];
}

function sumMove({ topics: [topic, from, to, more], data }: Log): Move[] {
  if (topic !== TRANSFER || from === undefined || to === undefined || more !== undefined || data.length !== 66) return [];
  return [{ from: addressIn(from), to: addressIn(to), value: BigInt(data) }];
}

/** An address fills the last 20 of 32 bytes. */
const addressIn = (word: string): string => `0x${word.slice(26)}`;

import { expect, test } from 'vitest';
import { type SaleRule, saleOf, TRANSFER } from './erc721-sale.ts';
import type { Log } from './json-rpc.ts';

const at = (digit: string) => `0x${digit.repeat(40)}`;
const [NOBODY, ann, bob, cyd] = [at('0'), at('a'), at('b'), at('c')] as const;
const [collection, weth, market, fees] = [at('1'), at('2'), at('3'), at('4')] as const;
const rule: SaleRule = { collection, markets: new Set([market]), coin: 'ETH', tokens: new Map([[weth, 'WETH']]) };

const padded = (address: string) => `0x${'0'.repeat(24)}${address.slice(2)}`;
const wordOf = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;
const told = (address: string, topics: string[], data: string) => ({ address, topics, data }) as unknown as Log;
const moved = (from: string, to: string, token = 7n, of = collection) =>
  told(of, [TRANSFER, padded(from), padded(to), wordOf(token)], '0x');
const paid = (from: string, to: string, sum: bigint, of = weth) => told(of, [TRANSFER, padded(from), padded(to)], wordOf(sum));
const sale = (logs: readonly Log[], transaction: { from?: string; to?: string | null; value?: bigint } = {}) =>
  saleOf({ from: bob, to: market, value: 0n, ...transaction }, logs, rule);

test('what a buyer sends to a marketplace in the coin of the chain is the price', () => {
  expect(sale([moved(ann, bob)], { value: 5n })).toEqual({ tokenId: 7n, amount: 5n, unit: 'ETH' });
});

test('what a buyer pays in a token is the price, fees and all, whoever sends the transaction', () => {
  const logs = [paid(bob, ann, 90n), paid(bob, fees, 10n), moved(ann, bob)];
  expect(sale(logs, { from: ann })).toEqual({ tokenId: 7n, amount: 100n, unit: 'WETH' });
  expect(sale([...logs, paid(fees, bob, 3n)])).toMatchObject({ amount: 97n });
});

test('a token that goes through the hands of a marketplace is sold once, by whoever had it first', () => {
  expect(sale([moved(ann, market), paid(bob, ann, 90n), moved(market, bob)])).toMatchObject({ amount: 90n });
});

test('what is no sale, or costs nobody knows what, is none', () => {
  const nones: Record<string, Parameters<typeof sale>> = {
    'a gift': [[moved(ann, bob)]],
    'a token that was made, and one that was burnt': [[moved(NOBODY, bob)], { value: 5n }],
    'one that was burnt': [[moved(bob, NOBODY)], { value: 5n }],
    'to oneself': [[moved(bob, bob)], { value: 5n }],
    'sent to another contract': [[moved(ann, bob)], { value: 5n, to: cyd }],
    'a contract that is made': [[moved(ann, bob)], { value: 5n, to: null }],
    'another collection': [[moved(ann, bob, 7n, cyd)], { value: 5n }],
    'two tokens at once': [[moved(ann, bob), moved(ann, bob, 8n)], { value: 5n }],
    'a token that jumps': [[moved(ann, cyd), moved(ann, bob)], { value: 5n }],
    'paid in two units': [[moved(ann, bob), paid(bob, ann, 90n)], { value: 5n }],
    'paid by somebody else': [[moved(ann, bob)], { value: 5n, from: cyd }],
    'paid in a token that nobody knows': [[moved(ann, bob), paid(bob, ann, 90n, cyd)]],
    'the seller gets nothing': [[moved(ann, bob), paid(bob, fees, 90n)]],
    'the seller gets more than it cost': [[moved(ann, bob), paid(bob, ann, 90n), paid(cyd, ann, 10n)]],
    'the buyer is paid': [[moved(ann, bob), paid(ann, bob, 90n)]],
  };
  for (const [what, given] of Object.entries(nones)) expect({ what, sale: sale(...given) }).toEqual({ what, sale: undefined });
});

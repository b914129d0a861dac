// On a chain of its own that mines when it is told to, with contracts that log what they are told to.
import { anvil, type ChainGate, startChainGate, startTestChain, type TestChain } from '@troupe-os/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deployMarket, type Event, type TestMarket } from '../../testing/contracts.ts';
import { startMarket } from '../../testing/market.ts';
import { chainSales } from './chain-sales.ts';

const program = anvil();
const CONFIRMATIONS = 3;
let chain: TestChain;
let gate: ChainGate;
let market: TestMarket;
let house: Awaited<ReturnType<typeof startMarket>>;
let asset: string;

beforeAll(async () => {
  if (!program) return;
  chain = await startTestChain(program, ['--no-mining']);
  gate = await startChainGate(chain.url);
  market = await deployMarket(chain);
  const { collection, token } = market;
  const source = { title: 'Cats', collection, markets: [market.market], coin: 'ETH', confirmations: CONFIRMATIONS };
  const tokens = [{ address: token, unit: 'WETH' }];
  asset = `eip155:31337/erc721:${collection}`;
  house = await startMarket(
    [
      chainSales({ ...source, id: 'cats', chainId: 31_337, tokens }),
      chainSales({ ...source, id: 'elsewhere', chainId: 1 }),
      chainSales({ ...source, id: 'unset', chainId: 31_337, urlVariable: 'ANOTHER_URL' }),
    ],
    { settings: { TROUPE_MARKETDATA_CHAIN_URL: gate.url, TROUPE_EGRESS_LOOPBACK: 'on' } },
  );
  house.advance(3_600_000); // blocks that are mined at once are dated a second after one another
}, 300_000);
afterAll(() => chain?.stop());

const person = (place: number): string => market.accounts[place] ?? '';
const moves = (token: bigint, from = person(1), to = person(2)): Event => ({ of: market.collection, from, to, value: token });
const pays = (value: bigint, from = person(2), to = person(1)): Event => ({ of: market.token, from, to, value });
/** Reads on, the rest by jobs. */
const refresh = async (source = 'cats') => {
  const kept = await house.refresh(source);
  await house.settle();
  return kept;
};
const sold = async () =>
  (await house.quotes({ sourceId: 'cats' })).map(
    ({ asset: of, amount, unit, isVoid }) => `${String(of).split('/').at(-1)} ${amount} ${unit}${isVoid ? ' void' : ''}`,
  );

test.runIf(program)('sales are read once they are deep enough, once each, and what is no sale is left out', async () => {
  const hash = await market.trade([moves(1n)], { from: person(2), value: 10n ** 18n });
  await market.trade([pays(90n), pays(10n, person(2), person(5)), moves(2n)], { from: person(1) });
  await market.trade([moves(3n)], { from: person(2) }); // a gift
  await market.trade([moves(4n), moves(5n)], { from: person(2), value: 7n });
  await market.mine(CONFIRMATIONS);
  expect(await refresh()).toMatchObject({ added: 0 });
  await market.mine();
  expect(await refresh()).toMatchObject({ added: 2, hasMore: false });
  expect(await refresh()).toMatchObject({ added: 0 });
  expect((await sold()).sort()).toEqual([`1 ${10n ** 18n} ETH`, '2 100 WETH']);
  const [quote] = await house.quotes({ asset: `${asset}/1` });
  expect(quote).toMatchObject({ kind: 'sale', asset: `${asset}/1`, reference: expect.stringMatching(`^${hash} log `) });
});

test.runIf(program)('each unit is summed up by itself, of a token and of its whole collection', async () => {
  const { items } = (await house.ask('get-summary', { asset })) as unknown as { items: { unit: string; window: object }[] };
  expect(items.map(({ unit, window }) => [unit, window])).toEqual([
    ['ETH', { sales: 1, median: `${10n ** 18n}` }],
    ['WETH', { sales: 1, median: '100' }],
  ]);
});

test.runIf(program)('a chain that is away, is another one or is not named says so, and is read on when it is back', async () => {
  await market.trade([moves(6n)], { from: person(2), value: 6n });
  await market.mine(CONFIRMATIONS + 1);
  gate.isAway = true;
  expect(await refresh()).toMatchObject({ added: 0, error: { code: 'marketdata.chain_unreachable' } });
  gate.isAway = false;
  expect(await refresh('elsewhere')).toMatchObject({ error: { code: 'marketdata.other_chain' } });
  expect(await refresh('unset')).toMatchObject({ error: { code: 'marketdata.chain_not_configured' } });
  expect(await refresh()).toMatchObject({ added: 1 });
  expect(await sold()).toContain('6 6 ETH');
});

test.runIf(program)('the address of a node stands in no answer, error or row', async () => {
  const { port } = new URL(gate.url);
  const told = JSON.stringify([await house.ask('list-sources'), await house.quotes()]);
  expect(told).not.toContain(port);
});

test.runIf(program)(
  'where the chain forgets blocks that were deep enough, their sales are void, and what stands there now is read',
  async () => {
    const before = await chain.ask<string>('evm_snapshot');
    await market.trade([moves(7n)], { from: person(2), value: 70n });
    await market.trade([moves(8n)], { from: person(2), value: 80n });
    await market.mine(CONFIRMATIONS + 1);
    await refresh();
    expect(await sold()).toEqual(expect.arrayContaining(['7 70 ETH', '8 80 ETH']));

    await chain.ask('evm_revert', before);
    await market.trade([moves(8n)], { from: person(2), value: 81n });
    await market.mine(CONFIRMATIONS + 5);
    await refresh();
    const now = await sold();
    expect(now).toEqual(expect.arrayContaining(['7 70 ETH void', '8 80 ETH void', '8 81 ETH', '6 6 ETH', '2 100 WETH']));
    expect(now.filter((line) => line.endsWith('void'))).toHaveLength(2);
    const { items } = (await house.ask('get-summary', { asset: `${asset}/8` })) as unknown as { items: object[] };
    expect(items).toMatchObject([{ unit: 'ETH', window: { sales: 1, median: '81' }, lastSale: { amount: '81' } }]);
  },
);

test.runIf(program)('a long way is read in parts', async () => {
  await market.mine(2500);
  await market.trade([moves(9n)], { from: person(2), value: 9n });
  await market.mine(CONFIRMATIONS + 1);
  expect(await house.refresh('cats')).toMatchObject({ added: 0, hasMore: true });
  await house.settle();
  expect(await sold()).toContain('9 9 ETH');
});

test.runIf(program)('several who read at once add each sale once', async () => {
  await market.trade([moves(10n)], { from: person(2), value: 10n });
  await market.mine(CONFIRMATIONS + 1);
  const kept = await Promise.all([1, 2, 3, 4].map(() => house.refresh('cats')));
  expect(kept.map(({ added }) => added).sort()).toEqual([0, 0, 0, 1]);
  expect((await sold()).filter((line) => line === '10 10 ETH')).toHaveLength(1);
});

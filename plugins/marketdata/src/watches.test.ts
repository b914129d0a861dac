import { definePlugin, on } from '@troupe-os/core';
import { beforeAll, expect, test } from 'vitest';
import { csv, startMarket } from '../testing/market.ts';
import { watchMet } from './contract.ts';

const heard: { watchId: string; amount: bigint; asset: string }[] = [];
const listener = definePlugin({
  id: 'listener',
  version: '0.0.0',
  from: import.meta.url,
  permissions: {},
  tables: {},
  actions: [],
  subscriptions: [
    on(watchMet, {
      name: 'hear',
      deadLetter: 'skip',
      async handler(_ctx, { watchId, amount, asset }) {
        heard.push({ watchId, amount, asset });
      },
    }),
  ],
});

let house: Awaited<ReturnType<typeof startMarket>>;
beforeAll(async () => {
  house = await startMarket([], {}, [listener]);
  house.stopClock();
}, 300_000);

const watch = (asset: string, direction: 'below' | 'above', amount: string, kind = 'sale') =>
  house.ask('add-watch', { asset, kind, direction, amount, unit: 'EUR' });
/** Brings in what happened a minute from now, and waits for who hears of it. */
async function happens(...lines: readonly (readonly [asset: string, amount: number, unit?: string, kind?: string])[]) {
  house.advance(60_000);
  const at = house.now().toISOString();
  await house.bring(
    csv(...lines.map(([asset, amount, unit = 'EUR', kind = 'sale']) => `${asset},${kind},${amount},${unit},${at}`)),
  );
  await house.settle();
}
const found = async (watchId: string) =>
  (await house.ask('list-opportunities', { limit: 100 })).items
    .map(
      (one) => one as unknown as { opportunityId: string; quotes: number; watch: { watchId: string }; quote: { amount: string } },
    )
    .filter((one) => one.watch.watchId === watchId);

test('a quote below what is watched is told and listed once; one at it, above it or in another unit is not', async () => {
  const { watchId } = await watch('a:1', 'below', '100');
  await happens(['a:1', 100], ['a:1', 150], ['a:1', 50, 'USD'], ['a:2', 50], ['a:1', 50, 'EUR', 'listing']);
  expect(await found(watchId)).toEqual([]);
  await happens(['a:1', 99]);
  expect(await found(watchId)).toMatchObject([{ quotes: 1, quote: { amount: '99' } }]);
  expect(heard).toEqual([{ watchId, amount: 99n, asset: 'a:1' }]);
});

test('of a collection all tokens are watched, and nothing whose name only begins like it', async () => {
  const { watchId } = await watch('set:b', 'above', '100');
  await happens(['set:b/1', 101], ['set:bb/1', 900], ['set:b0', 900]);
  expect(await found(watchId)).toMatchObject([{ quotes: 1, quote: { amount: '101' } }]);
});

test('many in one file are one opportunity, which says how many', async () => {
  const { watchId } = await watch('c:1', 'above', '10');
  await happens(['c:1', 11], ['c:1', 12], ['c:1', 13]);
  expect(await found(watchId)).toMatchObject([{ quotes: 3, quote: { amount: '13' } }]);
});

test('what happened before somebody began to watch is no news', async () => {
  const before = house.now().toISOString();
  house.advance(60_000);
  const { watchId } = await watch('d:1', 'above', '10');
  await house.bring(csv(`d:1,sale,500,EUR,${before}`));
  expect(await found(watchId)).toEqual([]);
});

test('an opportunity is dismissed once, and its watch goes on until it is removed', async () => {
  const { watchId } = await watch('e:1', 'above', '10');
  await happens(['e:1', 11]);
  const [{ opportunityId = '' } = {}] = await found(watchId);
  await house.ask('dismiss-opportunity', { opportunityId });
  expect(await found(watchId)).toEqual([]);
  await expect(house.ask('dismiss-opportunity', { opportunityId })).rejects.toMatchObject({
    code: 'marketdata.unknown_opportunity',
  });
  await happens(['e:1', 12]);
  expect(await found(watchId)).toHaveLength(1);
  await house.ask('remove-watch', { watchId });
  await happens(['e:1', 13]);
  expect(await found(watchId)).toHaveLength(1);
  await expect(house.ask('remove-watch', { watchId })).rejects.toMatchObject({ code: 'marketdata.unknown_watch' });
});

test('the same is watched once, and again after it was removed', async () => {
  const { watchId } = await watch('f:1', 'below', '5', 'floor');
  await expect(watch('f:1', 'below', '5', 'floor')).rejects.toMatchObject({ code: 'marketdata.watch_exists' });
  await house.ask('remove-watch', { watchId });
  await expect(watch('f:1', 'below', '5', 'floor')).resolves.toHaveProperty('watchId');
});

test('an agent watches for its person, and an amount is above zero', async () => {
  const agent = house.as({ id: 'max', kind: 'agent', roles: ['editor'], onBehalfOf: { id: 'eve', roles: ['editor'] } });
  await house.ask('add-watch', { asset: 'g:1', kind: 'sale', direction: 'above', amount: '1', unit: 'EUR' }, agent);
  const { items } = await house.ask('list-watches', {});
  expect(items[0]).toMatchObject({ asset: 'g:1', personId: 'eve' });
  await expect(watch('g:2', 'below', '0')).rejects.toMatchObject({ code: 'core.invalid_input' });
});

import { beforeAll, expect, test } from 'vitest';
import { csv, startMarket } from '../testing/market.ts';

const DAY_MS = 86_400_000;
let house: Awaited<ReturnType<typeof startMarket>>;
beforeAll(async () => {
  house = await startMarket([]);
  house.stopClock();
}, 300_000);

/** So many days ago. */
const ago = (days: number) => new Date(house.now().getTime() - days * DAY_MS).toISOString();
const summary = async (asset: string, days?: number) =>
  (await house.ask('get-summary', { asset, ...(days ? { days } : {}) })).items;

test('each unit is summed up by itself: last sale, floor, median and count of the window and of the one before', async () => {
  await house.bring(
    csv(
      ...[10, 20, 40, 30].map((amount, at) => `a:1,sale,${amount},EUR,${ago(at + 1)}`), // in the window: lower middle 20
      ...[8, 16, 32].map((amount, at) => `a:1,sale,${amount},EUR,${ago(at + 31)}`), // before it: 16
      `a:1,sale,1000000,EUR,${ago(61)}`,
      `a:1,sale,7,USD,${ago(2)}`,
      `a:1,floor,25,EUR,${ago(9)}`,
      `a:1,floor,22,EUR,${ago(3)}`,
    ),
  );
  expect(await summary('a:1')).toEqual([
    {
      unit: 'EUR',
      lastSale: { amount: '10', at: ago(1), sourceId: 'uploads' },
      floor: { amount: '22', at: ago(3), sourceId: 'uploads' },
      window: { sales: 4, median: '20' },
      before: { sales: 3, median: '16' },
      changeBasisPoints: 2500,
    },
    {
      unit: 'USD',
      lastSale: { amount: '7', at: ago(2), sourceId: 'uploads' },
      window: { sales: 1, median: '7' },
      before: { sales: 0 },
    },
  ]);
});

test('amounts beyond what a number holds stay exact', async () => {
  const large = '123456789012345678901234567890';
  await house.bring(csv(`b:1,sale,${large},ETH,${ago(1)}`));
  expect(await summary('b:1')).toMatchObject([{ window: { median: large }, lastSale: { amount: large } }]);
});

test('a loss is told towards zero, and of what nothing is known nothing is told', async () => {
  await house.bring(csv(`c:1,sale,2,EUR,${ago(1)}`, `c:1,sale,3,EUR,${ago(8)}`));
  expect(await summary('c:1', 7)).toMatchObject([{ changeBasisPoints: -3333 }]);
  expect(await summary('nothing:1')).toEqual([]);
});

test('the floor of a collection is the lowest of what was said last of each of its tokens', async () => {
  await house.bring(
    csv(
      `set:d/1,floor,10,EUR,${ago(5)}`,
      `set:d/1,floor,90,EUR,${ago(2)}`,
      `set:d/2,floor,40,EUR,${ago(4)}`,
      `set:dd/1,floor,1,EUR,${ago(1)}`,
    ),
  );
  expect(await summary('set:d')).toMatchObject([{ floor: { amount: '40', at: ago(4) } }]);
});

import { beforeAll, expect, test } from 'vitest';
import { createListing } from '../../../marketplace/src/actions/create-listing.ts';
import { createProduct } from '../../../marketplace/src/actions/create-product.ts';
import { endListing } from '../../../marketplace/src/actions/end-listing.ts';
import { refundOrder } from '../../../marketplace/src/actions/refund-order.ts';
import { updateListing } from '../../../marketplace/src/actions/update-listing.ts';
import { startShop } from '../../../marketplace/testing/shop.ts';
import { furnish } from '../../testing/market.ts';
import { marketdataWith, ownSales } from '../index.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
let house: ReturnType<typeof furnish<Awaited<ReturnType<typeof startShop>>>>;
beforeAll(async () => {
  shop = await startShop(7, [marketdataWith([ownSales()])]);
  house = furnish(shop);
}, 300_000);

const told = async (assetId: string, kind?: string) => {
  const quotes = await house.quotes({ asset: `work:${assetId}`, ...(kind ? { kind } : {}) });
  return quotes.map(({ kind: what, amount, unit }) => `${what} ${amount ?? 'none'} ${unit}`);
};

test('orders are sales, listings ask, and the lowest of them is the floor; read twice they are there once', async () => {
  const { listingId, assetId } = await shop.sell({ stock: 5 });
  const { orderId } = await shop.buyAsGuest(listingId);
  expect(await house.refresh('shop')).toMatchObject({ added: 3 });
  expect(await house.refresh('shop')).toMatchObject({ added: 0 });
  expect((await told(assetId)).sort()).toEqual(['floor 1250 EUR', 'listing 1250 EUR', 'sale 1250 EUR']);
  const [sale] = await house.quotes({ asset: `work:${assetId}`, kind: 'sale' });
  expect(sale).toMatchObject({ reference: `order ${orderId} line 0`, sourceId: 'shop' });
});

test('a new price is a new listing and a new floor, and what is sold out or ended has none', async () => {
  const { listingId, assetId } = await shop.sell({ stock: 2 });
  await house.refresh('shop');
  await shop.run(shop.editor, updateListing, { listingId, price: '900' });
  await house.refresh('shop');
  expect(await told(assetId, 'floor')).toEqual(['floor 900 EUR', 'floor 1250 EUR']);
  await shop.run(shop.editor, updateListing, { listingId, price: '1250' });
  await house.refresh('shop');
  expect((await told(assetId, 'floor'))[0]).toBe('floor 1250 EUR');
  await shop.buyAsGuest(listingId);
  await shop.buyAsGuest(listingId);
  await house.refresh('shop');
  expect((await told(assetId, 'floor'))[0]).toBe('floor none EUR');
  expect((await house.ask('get-summary', { asset: `work:${assetId}` })).items[0]).not.toHaveProperty('floor');
});

test('of several listings of a work the lowest is its floor, until it is ended', async () => {
  const { listingId, assetId, productId } = await withProduct();
  const cheap = await shop.run(shop.editor, createListing, { productId, unit: 'EUR', price: '700' });
  await house.refresh('shop');
  expect((await told(assetId, 'floor'))[0]).toBe('floor 700 EUR');
  await shop.run(shop.editor, endListing, { listingId: cheap.listingId });
  await house.refresh('shop');
  expect((await told(assetId, 'floor'))[0]).toBe('floor 1250 EUR');
  expect(listingId).not.toBe(cheap.listingId);
});

async function withProduct() {
  const assetId = shop.assetIds.shift() ?? '';
  const { productId } = await shop.run(shop.editor, createProduct, { assetIds: [assetId] });
  const { listingId } = await shop.run(shop.editor, createListing, { productId, unit: 'EUR', price: '1250' });
  return { productId, assetId, listingId };
}

test('a bundle is the price of no work, and what was refunded was sold all the same', async () => {
  const [one = '', other = ''] = [shop.assetIds.shift(), shop.assetIds.shift()];
  const bundle = await shop.run(shop.editor, createProduct, { assetIds: [one, other], title: 'Both' });
  const { listingId } = await shop.run(shop.editor, createListing, { ...bundle, unit: 'EUR', price: '2000' });
  await shop.buyAsGuest(listingId);
  const alone = await shop.sell();
  const { orderId } = await shop.buyAsGuest(alone.listingId);
  await shop.run(shop.admin, refundOrder, { orderId });
  await house.refresh('shop');
  expect([await told(one), await told(other)]).toEqual([[], []]);
  expect(await told(alone.assetId, 'sale')).toEqual(['sale 1250 EUR']);
});

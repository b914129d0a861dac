import { beforeAll, expect, test } from 'vitest';
import { archive } from '../../assets/src/actions/archive.ts';
import { get } from '../../assets/src/actions/get.ts';
import { startShop } from '../testing/shop.ts';
import { createListing } from './actions/create-listing.ts';
import { createProduct } from './actions/create-product.ts';
import { endListing } from './actions/end-listing.ts';
import { getListing } from './actions/get-listing.ts';
import { listListings } from './actions/list-listings.ts';
import { listProducts } from './actions/list-products.ts';
import { openListing } from './actions/open-listing.ts';
import { setStock } from './actions/set-stock.ts';
import { updateListing } from './actions/update-listing.ts';

const HOUR = 3_600_000;

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop(9);
}, 300_000);

const stranger = () => shop.as({ id: 'stan', roles: [{ role: 'admin', brandId: 'vault' }] });
const nextAsset = () => shop.assetIds.shift() ?? '';
const statusOf = async (id: string) => (await shop.run(shop.admin, get, { id })).status;

test('what is listed is on sale for everybody, cannot be archived, and is published again once the listing ends', async () => {
  const { listingId, assetId, title } = await shop.sell({ stock: 3, price: '999' });
  expect(await shop.run(shop.guest, getListing, { listingId })).toMatchObject({
    title,
    price: '999',
    unit: 'EUR',
    edition: 'limited',
    assetIds: [assetId],
    stock: { left: 3, of: 3 },
  });
  expect((await shop.run(shop.guest, listListings, { assetId })).items).toHaveLength(1);
  expect(await statusOf(assetId)).toBe('on-sale');
  await expect(shop.run(shop.admin, archive, { id: assetId })).rejects.toMatchObject({ code: 'assets.on_sale' });

  expect(await shop.run(shop.editor, endListing, { listingId })).toMatchObject({ state: 'ended' });
  expect(await statusOf(assetId)).toBe('published');
  expect((await shop.run(shop.guest, listListings, { assetId })).items).toEqual([]);
  await expect(shop.run(shop.editor, endListing, { listingId })).rejects.toMatchObject({ code: 'marketplace.listing_ended' });
});

test('a work stays on sale as long as another listing offers it', async () => {
  const assetId = nextAsset();
  const { productId } = await shop.run(shop.editor, createProduct, { assetIds: [assetId] });
  const offer = { productId, unit: 'EUR', price: '100' };
  const [one, two] = [await shop.run(shop.editor, createListing, offer), await shop.run(shop.editor, createListing, offer)];

  await shop.run(shop.editor, endListing, { listingId: one.listingId });
  expect(await statusOf(assetId)).toBe('on-sale');
  await shop.run(shop.editor, endListing, { listingId: two.listingId });
  expect(await statusOf(assetId)).toBe('published');
});

test('a draft is seen by those who work on the brand, until it is put on sale', async () => {
  const { productId } = await shop.run(shop.editor, createProduct, { assetIds: [nextAsset()] });
  const { listingId } = await shop.run(shop.editor, createListing, { productId, unit: 'EUR', price: '100', draft: true });
  for (const who of [shop.guest, stranger()]) {
    await expect(shop.run(who, getListing, { listingId })).rejects.toMatchObject({ code: 'marketplace.unknown_listing' });
  }
  const drafts = await shop.run(shop.editor, listListings, { state: 'draft' });
  expect(drafts.items.map((one) => one.listingId)).toEqual([listingId]);
  expect((await shop.run(shop.guest, listListings, { state: 'draft' })).items).toEqual([]);

  expect(await shop.run(shop.editor, openListing, { listingId })).toMatchObject({ state: 'active' });
  await expect(shop.run(shop.guest, getListing, { listingId })).resolves.toBeDefined();
});

test('nothing is bought before a listing begins or after it ends', async () => {
  const startsAt = new Date(Date.now() + HOUR);
  const { listingId } = await shop.sell({ startsAt: startsAt.toISOString() });
  await expect(shop.buyAsGuest(listingId)).rejects.toMatchObject({ code: 'marketplace.listing_not_open' });
  shop.advance(2 * HOUR);
  await expect(shop.buyAsGuest(listingId)).resolves.toMatchObject({ state: 'paid' });

  const endsAt = new Date(Date.now() + 3 * HOUR).toISOString();
  await shop.run(shop.editor, updateListing, { listingId, endsAt });
  shop.advance(2 * HOUR);
  await expect(shop.buyAsGuest(listingId)).rejects.toMatchObject({ code: 'marketplace.listing_ended' });
});

test('a listing needs something to sell, published works and a price', async () => {
  const [assetId, second] = [nextAsset(), nextAsset()];
  const make = (input: object) => shop.call(shop.editor, 'marketplace.create-product', { assetIds: [assetId], ...input });
  await expect(make({ kind: 'physical' })).rejects.toMatchObject({ code: 'marketplace.stock_needed' });
  await expect(make({ stock: 0 })).rejects.toMatchObject({ code: 'core.invalid_input' });
  await expect(make({ title: ' ' })).rejects.toMatchObject({ code: 'core.invalid_input' });
  await expect(make({ assetIds: [assetId, second] })).rejects.toMatchObject({ code: 'marketplace.title_needed' });
  await expect(make({ assetIds: ['nothing'] })).rejects.toMatchObject({ code: 'marketplace.unknown_asset' });
  await expect(make({ stock: 2, edition: 'unique' })).rejects.toMatchObject({ code: 'marketplace.edition_differs' });

  const { productId } = await shop.run(shop.editor, createProduct, { assetIds: [assetId], stock: 2 });
  const list = (input: object) =>
    shop.call(shop.editor, 'marketplace.create-listing', { productId, unit: 'EUR', price: '100', ...input });
  for (const price of ['0', '-5', '1.50']) await expect(list({ price })).rejects.toMatchObject({ code: 'core.invalid_input' });
  await expect(list({ unit: 'XXX' })).rejects.toMatchObject({ code: 'ledger.unknown_unit' });
  await expect(list({ endsAt: '2001-01-01T00:00:00Z' })).rejects.toMatchObject({ code: 'marketplace.bad_window' });
  await shop.run(shop.editor, setStock, { productId, onHand: 0 });
  await expect(list({})).rejects.toMatchObject({ code: 'marketplace.no_stock' });
  await shop.run(shop.editor, setStock, { productId, onHand: 5 });
  await shop.run(shop.admin, archive, { id: assetId });
  await expect(list({})).rejects.toMatchObject({ code: 'marketplace.asset_not_published' });
});

test('a one of one is one product only, and its stock stays one', async () => {
  const assetId = nextAsset();
  const { productId } = await shop.run(shop.editor, createProduct, { assetIds: [assetId], stock: 1 });
  await expect(shop.run(shop.editor, createProduct, { assetIds: [assetId], stock: 1 })).rejects.toMatchObject({
    code: 'marketplace.asset_taken',
  });
  await expect(shop.run(shop.editor, setStock, { productId, onHand: 2 })).rejects.toMatchObject({
    code: 'marketplace.not_limited',
  });
});

test('stock is never set below what is sold', async () => {
  const { listingId, productId } = await shop.sell({ stock: 3 });
  await shop.buyAsGuest(listingId);
  await shop.buyAsGuest(listingId);
  await expect(shop.run(shop.editor, setStock, { productId, onHand: 1 })).rejects.toMatchObject({
    code: 'marketplace.stock_too_low',
  });
  await shop.run(shop.editor, setStock, { productId, onHand: 2 });
  await expect(shop.buyAsGuest(listingId)).rejects.toMatchObject({ code: 'marketplace.sold_out' });
});

test('whoever works on another brand finds nothing here to change', async () => {
  const { listingId, productId, assetId } = await shop.sell();
  const missing = { kind: 'missing' };
  await expect(shop.run(stranger(), createProduct, { assetIds: [assetId] })).rejects.toMatchObject(missing);
  await expect(shop.run(stranger(), createListing, { productId, unit: 'EUR', price: '1' })).rejects.toMatchObject(missing);
  await expect(shop.run(stranger(), updateListing, { listingId, price: '1' })).rejects.toMatchObject(missing);
  await expect(shop.run(stranger(), endListing, { listingId })).rejects.toMatchObject(missing);
  expect((await shop.run(stranger(), listProducts, {})).items).toEqual([]);
  expect((await shop.run(shop.editor, listProducts, { limit: 1 })).nextCursor).toBeDefined();
});

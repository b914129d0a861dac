import { asOwner } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { GOOD_CARD, startShop } from '../testing/shop.ts';
import { buy } from './actions/buy.ts';
import { getListing } from './actions/get-listing.ts';
import { getOrder } from './actions/get-order.ts';
import { holdStock } from './actions/hold-stock.ts';
import { refundOrder } from './actions/refund-order.ts';

const HOUR = 3_600_000;

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop(7);
}, 300_000);

const kim = () => shop.as({ id: 'kim', roles: ['guest'] });
const stockOf = async (productId: string) =>
  (await shop.database.rows(sql`select held, sold from marketplace.stock where product_id = ${productId}`))[0];

test('what is held can be bought with its id only, and is sold then', async () => {
  const { listingId, productId } = await shop.sell({ stock: 1 });
  const { holdId } = await shop.run(shop.editor, holdStock, { productId });
  expect(await shop.run(shop.guest, getListing, { listingId })).toMatchObject({ stock: { left: 0, of: 1 } });
  await expect(shop.buyAsGuest(listingId)).rejects.toMatchObject({ code: 'marketplace.sold_out' });
  await expect(shop.run(shop.editor, holdStock, { productId })).rejects.toMatchObject({ code: 'marketplace.sold_out' });

  const order = await shop.run(kim(), buy, { listingId, cardNumber: GOOD_CARD, holdId });
  expect(order).toMatchObject({ state: 'paid' });
  expect(await stockOf(productId)).toEqual({ held: 0, sold: 1 });
  await expect(shop.run(kim(), buy, { listingId, cardNumber: GOOD_CARD, holdId })).rejects.toMatchObject({
    code: 'marketplace.hold_expired',
  });
});

test('a hold that ran out is free for the next buyer, though no sweep has come by', async () => {
  const { listingId, productId } = await shop.sell({ stock: 2 });
  const { holdId } = await shop.run(shop.editor, holdStock, { productId, quantity: 2 });
  shop.advance(HOUR);
  expect(await shop.run(shop.guest, getListing, { listingId })).toMatchObject({ stock: { left: 2, of: 2 } });
  await shop.buyAsGuest(listingId);

  expect(await stockOf(productId)).toEqual({ held: 0, sold: 1 });
  await expect(shop.run(kim(), buy, { listingId, quantity: 2, cardNumber: GOOD_CARD, holdId })).rejects.toMatchObject({
    code: 'marketplace.hold_expired',
  });
});

test('buyers who race for a hold that ran out get what there is, once', async () => {
  const { listingId, productId } = await shop.sell({ stock: 2 });
  await shop.run(shop.editor, holdStock, { productId, quantity: 2 });
  shop.advance(HOUR);
  const tries = await Promise.allSettled(Array.from({ length: 6 }, () => shop.buyAsGuest(listingId)));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(await stockOf(productId)).toEqual({ held: 0, sold: 2 });
});

describe('a count that does not hold what the shop has sold or set aside is told, and nothing stands', () => {
  /** Changes a count behind the shop's back, as a repair by hand might. */
  const repair = async (statement: ReturnType<typeof sql>) => {
    await asOwner(shop.database, sql`alter table marketplace.stock disable trigger user`);
    await asOwner(shop.database, statement);
    await asOwner(shop.database, sql`alter table marketplace.stock enable trigger user`);
  };
  const differs = { code: 'marketplace.stock_differs' };

  test.each([
    ['too low', (id: string) => sql`update marketplace.stock set sold = 0 where product_id = ${id}`],
    ['gone', (id: string) => sql`delete from marketplace.stock where product_id = ${id}`],
  ])('by a refund, where it is %s', async (_what, statement) => {
    const { listingId, productId } = await shop.sell({ stock: 1 });
    const { orderId } = await shop.buyAsGuest(listingId);
    await repair(statement(productId));

    await expect(shop.run(shop.admin, refundOrder, { orderId })).rejects.toMatchObject(differs);
    expect(await shop.run(shop.admin, getOrder, { orderId })).toMatchObject({ state: 'paid' });
  });

  test('by a sale of what was held', async () => {
    const { listingId, productId } = await shop.sell({ stock: 1 });
    const { holdId } = await shop.run(shop.editor, holdStock, { productId });
    await repair(sql`update marketplace.stock set held = 0 where product_id = ${productId}`);

    await expect(shop.run(kim(), buy, { listingId, cardNumber: GOOD_CARD, holdId })).rejects.toMatchObject(differs);
    expect(await stockOf(productId)).toEqual({ held: 0, sold: 0 });
  });
});

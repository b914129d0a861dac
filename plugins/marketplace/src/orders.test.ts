import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { get } from '../../assets/src/actions/get.ts';
import { getBalance } from '../../ledger/src/actions/get-balance.ts';
import { GOOD_CARD, newAccessKey, startShop } from '../testing/shop.ts';
import { buy } from './actions/buy.ts';
import { download } from './actions/download.ts';
import { fulfilOrder } from './actions/fulfil-order.ts';
import { getListing } from './actions/get-listing.ts';
import { getOrder } from './actions/get-order.ts';
import { getSales } from './actions/get-sales.ts';
import { listOrders } from './actions/list-orders.ts';
import { refundOrder } from './actions/refund-order.ts';
import { marketplacePlugin } from './index.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop(6);
}, 300_000);

const customer = (id: string) => shop.as({ id, roles: ['guest'] });
const stranger = () => shop.as({ id: 'stan', roles: [{ role: 'admin', brandId: 'vault' }] });

test('an order is seen by its buyer, with its access key, and by those who work on the brand; by nobody else', async () => {
  const { listingId } = await shop.sell();
  const accessKey = newAccessKey();
  const { orderId } = await shop.run(customer('kim'), buy, { listingId, cardNumber: GOOD_CARD, accessKey });

  for (const [who, key] of [[customer('kim')], [shop.editor], [shop.guest, accessKey]] as const) {
    const input = { orderId, ...(key !== undefined && { accessKey: key }) };
    await expect(shop.run(who, getOrder, input)).resolves.toMatchObject({ orderId });
  }
  for (const who of [customer('leo'), stranger(), shop.guest]) {
    await expect(shop.run(who, getOrder, { orderId })).rejects.toMatchObject({ code: 'marketplace.unknown_order' });
    await expect(shop.run(who, getOrder, { orderId, accessKey: newAccessKey() })).rejects.toMatchObject({
      code: 'marketplace.unknown_order',
    });
  }
});

test('what an agent buys for a person is that person’s', async () => {
  const { listingId } = await shop.sell();
  const agent = shop.as({ id: 'helper', kind: 'agent', roles: ['editor'], onBehalfOf: { id: 'kim', roles: ['guest'] } });
  const { orderId } = await shop.run(agent, buy, { listingId, cardNumber: GOOD_CARD });
  await expect(shop.run(customer('kim'), getOrder, { orderId })).resolves.toMatchObject({ orderId });
});

test('a list holds exactly the orders that each may open, page by page', async () => {
  const { listingId } = await shop.sell();
  const mine: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    await shop.buyAsGuest(listingId);
    mine.unshift((await shop.run(customer('pia'), buy, { listingId, cardNumber: GOOD_CARD })).orderId);
  }

  const first = await shop.run(customer('pia'), listOrders, { limit: 2 });
  const rest = await shop.run(customer('pia'), listOrders, { limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...rest.items].map(({ orderId }) => orderId)).toEqual(mine);
  expect(rest.nextCursor).toBeUndefined();
  const ofBrand = await shop.run(shop.editor, listOrders, { limit: 100 });
  expect(ofBrand.items.length).toBeGreaterThanOrEqual(6);
  expect((await shop.run(shop.editor, listOrders, { mine: true })).items).toEqual([]);
  expect((await shop.run(stranger(), listOrders, {})).items).toEqual([]);
  await expect(shop.run(shop.guest, listOrders, {})).rejects.toMatchObject({ code: 'core.unauthenticated' });
  await expect(shop.run(customer('pia'), listOrders, { cursor: 'made-up' })).rejects.toMatchObject({
    code: 'core.bad_cursor',
  });
});

test('a refund takes back all that the sale moved, and once only', async () => {
  const { listingId, assetId } = await shop.sell({ stock: 1, price: '777' });
  const earned = async () => (await shop.run(shop.admin, getBalance, { path: 'income:sales:gallery', unit: 'EUR' })).balance;
  const before = await earned();
  const accessKey = newAccessKey();
  const { orderId } = await shop.buyAsGuest(listingId, accessKey);
  const [link] = (await shop.run(shop.guest, getOrder, { orderId, accessKey })).deliveries;

  const refunded = await shop.run(shop.admin, refundOrder, { orderId });
  expect(refunded).toMatchObject({ state: 'refunded', payment: { state: 'refunded' } });
  expect(await earned()).toBe(before);
  expect(await shop.run(shop.guest, getListing, { listingId })).toMatchObject({ stock: { left: 1, of: 1 } });
  expect(await shop.run(shop.admin, get, { id: assetId })).toMatchObject({ status: 'on-sale', owner: { kind: 'company' } });
  await expect(
    shop.run(shop.guest, download, { deliveryId: link?.deliveryId ?? '', token: link?.token ?? '' }),
  ).rejects.toMatchObject({ code: 'marketplace.unknown_delivery' });
  await expect(shop.run(shop.admin, refundOrder, { orderId })).rejects.toMatchObject({ code: 'marketplace.wrong_state' });
  await expect(shop.buyAsGuest(listingId)).resolves.toMatchObject({ state: 'paid' });
});

test('only an admin of the brand refunds', async () => {
  const { listingId } = await shop.sell();
  const { orderId } = await shop.buyAsGuest(listingId);
  await expect(shop.run(shop.editor, refundOrder, { orderId })).rejects.toMatchObject({ code: 'core.unknown_action' });
  await expect(shop.run(stranger(), refundOrder, { orderId })).rejects.toMatchObject({ code: 'marketplace.unknown_order' });
});

test('what is sent by post is marked as sent, and revenue counts what was not refunded', async () => {
  const { listingId } = await shop.sell({ stock: 2, kind: 'physical', price: '5000' });
  const revenue = async () => BigInt((await shop.run(shop.editor, getSales, {})).items[0]?.revenue ?? 0);
  const before = await revenue();
  const input = { listingId, cardNumber: GOOD_CARD, shippingAddress: '1 Pier Road' };
  const { orderId } = await shop.run(customer('kim'), buy, input);
  const other = await shop.run(customer('kim'), buy, input);
  await shop.run(shop.admin, refundOrder, { orderId: other.orderId });

  expect(await shop.run(shop.editor, fulfilOrder, { orderId })).toMatchObject({ state: 'fulfilled' });
  expect(await revenue()).toBe(before + 5000n);
});

test('a line of an order never changes', async () => {
  await expect(shop.database.owner((owner) => owner.rows(sql`update marketplace.order_lines set price = 1`))).rejects.toThrow();
});

test('what answers the words of a buyer says that they come from outside; a buyer knows their own', () => {
  const answering = marketplacePlugin.actions.filter(({ output }) => 'shippingAddress' in output.shape);
  expect(answering.map(({ name }) => name)).toContain('marketplace.fulfil-order');
  for (const action of answering)
    expect([action.name, action.untrustedOutput]).toEqual([action.name, action.name !== 'marketplace.buy' || undefined]);
});

import { testDatabaseKind } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { get } from '../../assets/src/actions/get.ts';
import { getBalance } from '../../ledger/src/actions/get-balance.ts';
import { DECLINED_CARD, GOOD_CARD, newAccessKey, startShop } from '../testing/shop.ts';
import { buy } from './actions/buy.ts';
import { endListing } from './actions/end-listing.ts';
import { getListing } from './actions/get-listing.ts';
import { updateListing } from './actions/update-listing.ts';

let shop: Awaited<ReturnType<typeof startShop>>;
beforeAll(async () => {
  shop = await startShop(12);
}, 300_000);

const kim = () => shop.as({ id: 'kim', roles: ['guest'] });
/** Rows that a sale writes. */
async function counts() {
  const [row] = await shop.database.rows<Record<string, string>>(sql`
    select (select count(*) from marketplace.orders) as orders, (select count(*) from marketplace.payments) as payments,
      (select sum(sold) from marketplace.stock) as sold, (select value from marketplace.counters) as number,
      (select count(*) from ledger.postings) as postings, (select count(*) from core.outbox) as events`);
  return row;
}

test('a sale moves stock, money, order and ownership in one call, and tells of it', async () => {
  const { run, sell, admin, database } = shop;
  const { listingId, assetId } = await sell({ stock: 1, price: '1250' });
  const order = await run(kim(), buy, { listingId, cardNumber: GOOD_CARD });

  expect(order).toMatchObject({ state: 'paid', total: '1250', unit: 'EUR', payment: { provider: 'test', state: 'succeeded' } });
  expect(order.payment.notice).toContain('no money moved');
  expect(await run(shop.guest, getListing, { listingId })).toMatchObject({ stock: { left: 0, of: 1 } });
  expect(await run(admin, get, { id: assetId })).toMatchObject({ status: 'sold', owner: { kind: 'customer', id: 'kim' } });
  expect(await run(admin, getBalance, { path: 'income:sales:gallery', unit: 'EUR' })).toMatchObject({ balance: '-1250' });
  const [told] = await database.rows<{ payload: string }>(
    sql`select payload from core.outbox where name = 'marketplace.order-placed' and subject = ${order.orderId}`,
  );
  expect(JSON.parse(told?.payload ?? '{}')).toEqual({
    orderId: order.orderId,
    buyerId: 'kim',
    total: { amount: '1250', unit: 'EUR' },
  });
});

test('a one of one that a guest bought belongs to whoever holds the order', async () => {
  const { listingId, assetId } = await shop.sell({ stock: 1 });
  const { orderId } = await shop.buyAsGuest(listingId);
  const sold = await shop.run(shop.admin, get, { id: assetId });
  expect(sold).toMatchObject({ status: 'sold', owner: { kind: 'customer', id: `order:${orderId}` } });
});

test('twenty buyers at once for the last one: one order, and nineteen are told that it is sold out', async () => {
  const { listingId } = await shop.sell({ stock: 1 });
  const before = await counts();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => shop.buyAsGuest(listingId)));

  const refused = tries.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
  expect(refused).toEqual(Array.from({ length: 19 }, () => 'marketplace.sold_out'));
  const after = await counts();
  for (const what of ['orders', 'payments', 'sold', 'number']) expect(Number(after?.[what])).toBe(Number(before?.[what]) + 1);
  expect(Number(after?.postings)).toBe(Number(before?.postings) + 2);
  const [books] = await shop.database.rows<{ sum: string }>(sql`select sum(amount) from ledger.postings`);
  expect(books?.sum).toBe('0');
});

test.runIf(testDatabaseKind === 'postgres')(
  'buyers of several products race without waiting for each other in a circle',
  async () => {
    const offers = [await shop.sell({ stock: 5 }), await shop.sell({ stock: 5 })];
    const tries = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => shop.buyAsGuest((offers[i % 2] as { listingId: string }).listingId)),
    );

    const codes = tries.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'sold'));
    expect(codes.filter((code) => code === 'sold')).toHaveLength(10);
    expect(codes.filter((code) => code === 'marketplace.sold_out')).toHaveLength(30);
  },
);

test('order numbers have no gaps, whatever failed between them', async () => {
  const { listingId } = await shop.sell();
  const first = await shop.buyAsGuest(listingId);
  await expect(shop.run(kim(), buy, { listingId, cardNumber: DECLINED_CARD })).rejects.toMatchObject({
    code: 'marketplace.declined',
  });
  const second = await shop.buyAsGuest(listingId);
  expect(second.number).toBe(first.number + 1);
});

test('a second click with the same access key answers the first order and buys nothing', async () => {
  const { listingId } = await shop.sell({ stock: 1 });
  const accessKey = newAccessKey();
  const first = await shop.buyAsGuest(listingId, accessKey);
  const before = await counts();

  expect(await shop.buyAsGuest(listingId, accessKey)).toEqual(first);
  await expect(
    shop.run(shop.guest, buy, { listingId, quantity: 2, cardNumber: GOOD_CARD, email: 'gina@example.org', accessKey }),
  ).rejects.toMatchObject({ code: 'marketplace.access_key_reused' });
  expect(await counts()).toEqual(before);
});

test('the same idempotency key buys once, and the answer holds no secret', async () => {
  const { listingId } = await shop.sell();
  const input = { listingId, cardNumber: GOOD_CARD, email: 'gina@example.org', accessKey: newAccessKey() };
  const idempotencyKey = crypto.randomUUID();
  const first = await shop.call(shop.guest, 'marketplace.buy', input, { idempotencyKey });
  const second = await shop.call(shop.guest, 'marketplace.buy', input, { idempotencyKey });
  expect(second).toEqual({ ...first, replayed: true });
});

describe('what cannot be bought changes nothing', () => {
  const guestBuys = { cardNumber: GOOD_CARD, email: 'gina@example.org', accessKey: 'not-so-random-but-long-enough' };
  let listingId: string;
  beforeAll(async () => {
    ({ listingId } = await shop.sell({ stock: 3 }));
  });

  test.each([
    ['a declined card', { ...guestBuys, cardNumber: DECLINED_CARD }, 'marketplace.declined'],
    ['a card that might be real', { ...guestBuys, cardNumber: '5105 1051 0510 5100' }, 'marketplace.not_a_test_card'],
    ['more than there are', { ...guestBuys, quantity: 4 }, 'marketplace.sold_out'],
    ['a guest without an e-mail address', { cardNumber: GOOD_CARD, accessKey: guestBuys.accessKey }, 'marketplace.email_needed'],
    ['a guest without an access key', { cardNumber: GOOD_CARD, email: 'g@example.org' }, 'marketplace.access_key_needed'],
    ['another total than was shown', { ...guestBuys, total: '1' }, 'marketplace.price_changed'],
    ['nothing held under the id', { ...guestBuys, holdId: crypto.randomUUID() }, 'marketplace.unknown_hold'],
    ['an unknown listing', { ...guestBuys, listingId: crypto.randomUUID() }, 'marketplace.unknown_listing'],
    ['a quantity of none', { ...guestBuys, quantity: 0 }, 'core.invalid_input'],
  ])('%s', async (_what, input, code) => {
    const before = await counts();
    await expect(shop.call(shop.guest, 'marketplace.buy', { listingId, ...input })).rejects.toMatchObject({ code });
    expect(await counts()).toEqual(before);
  });

  test('a listing that has ended', async () => {
    const before = await counts();
    await shop.run(shop.editor, endListing, { listingId });
    await expect(shop.buyAsGuest(listingId)).rejects.toMatchObject({ code: 'marketplace.listing_ended' });
    expect({ ...(await counts()), events: before?.events }).toEqual(before);
  });
});

test('an order keeps the price at which it was placed', async () => {
  const { listingId } = await shop.sell({ price: '100' });
  const accessKey = newAccessKey();
  await shop.buyAsGuest(listingId, accessKey);
  await shop.run(shop.editor, updateListing, { listingId, price: '900' });

  expect(await shop.buyAsGuest(listingId, accessKey)).toMatchObject({ total: '100', lines: [{ price: '100' }] });
  expect(await shop.buyAsGuest(listingId)).toMatchObject({ total: '900' });
});

test('what is sent by post needs an address, and has no download link', async () => {
  const { listingId } = await shop.sell({ stock: 2, kind: 'physical' });
  await expect(shop.buyAsGuest(listingId)).rejects.toMatchObject({ code: 'marketplace.address_needed' });
  const order = await shop.run(kim(), buy, { listingId, cardNumber: GOOD_CARD, shippingAddress: '1 Pier Road' });
  expect(order).toMatchObject({ shippingAddress: '1 Pier Road', deliveries: [] });
});

test("a guest's dry run of a purchase shows the guest's own order and nothing of the ledger", async () => {
  const { listingId } = await shop.sell({ stock: 1 });
  const before = await counts();
  const accessKey = newAccessKey();
  const input = { listingId, cardNumber: GOOD_CARD, email: 'gina@example.org', accessKey };
  const preview = await shop.call(shop.guest, 'marketplace.buy', input, { dryRun: true });

  expect(preview.changes).toEqual([
    { table: 'marketplace.orders', operation: 'insert', after: expect.objectContaining({ total: '1250', buyer_id: 'guest' }) },
  ]);
  expect(JSON.stringify(preview)).not.toMatch(/ledger|4242 4242|_hash/);
  expect(JSON.stringify(preview)).not.toContain(accessKey);
  expect(await counts()).toEqual(before);
});

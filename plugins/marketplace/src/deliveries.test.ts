import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { GOOD_CARD, newAccessKey, startShop } from '../testing/shop.ts';
import { buy } from './actions/buy.ts';
import { download } from './actions/download.ts';
import { getOrder } from './actions/get-order.ts';
import { renewDeliveryLink } from './actions/renew-delivery-link.ts';

const EIGHT_DAYS = 8 * 86_400_000;

let shop: Awaited<ReturnType<typeof startShop>>;
let listingId: string;
beforeAll(async () => {
  shop = await startShop(1);
  ({ listingId } = await shop.sell());
}, 300_000);

/** What a guest has after a purchase: the order, its key and the link. */
async function bought() {
  const accessKey = newAccessKey();
  const { orderId } = await shop.buyAsGuest(listingId, accessKey);
  const { deliveries } = await shop.run(shop.guest, getOrder, { orderId, accessKey });
  const [delivery] = deliveries;
  if (delivery?.token === undefined) throw new Error('there is no link');
  return { orderId, accessKey, deliveryId: delivery.deliveryId, token: delivery.token };
}

test('a guest opens the order with the access key, is told the link each time the same, and downloads the file', async () => {
  const { orderId, accessKey, deliveryId, token } = await bought();
  const again = await shop.run(shop.guest, getOrder, { orderId, accessKey });
  expect(again.deliveries).toMatchObject([{ deliveryId, token, downloadsLeft: 5 }]);

  const file = await shop.run(shop.guest, download, { deliveryId, token });
  expect(file).toMatchObject({ contentType: 'image/png', fileName: 'picture-0.png' });
  const after = await shop.run(shop.guest, getOrder, { orderId, accessKey });
  expect(after).toMatchObject({ state: 'fulfilled', deliveries: [{ downloadsLeft: 4 }] });
});

test('neither the key nor the token stands in any row', async () => {
  const { accessKey, deliveryId, token } = await bought();
  await shop.run(shop.guest, download, { deliveryId, token });
  const rows = await shop.database.rows<{ text: string }>(sql`
    select body as text from core.audit_bodies union all select coalesce(before, '') || coalesce(after, '') from core.changes
    union all select coalesce(answer, '') from core.idempotency union all select payload from core.outbox
    union all select o::text from marketplace.orders o union all select d::text from marketplace.deliveries d`);
  const all = rows.map(({ text }) => text).join('\n');
  for (const secret of [accessKey, token, GOOD_CARD]) expect(all).not.toContain(secret);
});

test('a wrong link, an expired one and one that is used up each say so, and count nothing', async () => {
  const { deliveryId, token, orderId, accessKey } = await bought();
  const open = (what: { deliveryId: string; token: string }) => shop.run(shop.guest, download, what);
  await expect(open({ deliveryId, token: 'guessed' })).rejects.toMatchObject({ code: 'marketplace.unknown_delivery' });
  await expect(open({ deliveryId: crypto.randomUUID(), token })).rejects.toMatchObject({ code: 'marketplace.unknown_delivery' });

  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => open({ deliveryId, token })));
  expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  await expect(open({ deliveryId, token })).rejects.toMatchObject({ code: 'marketplace.link_used_up' });
  const order = await shop.run(shop.guest, getOrder, { orderId, accessKey });
  expect(order.deliveries).toMatchObject([{ downloadsLeft: 0 }]);

  const late = await bought();
  shop.advance(EIGHT_DAYS);
  await expect(open({ deliveryId: late.deliveryId, token: late.token })).rejects.toMatchObject({
    code: 'marketplace.link_expired',
  });
});

test('a download that goes on where it broke off does not count again', async () => {
  const { deliveryId, token, orderId, accessKey } = await bought();
  const idempotencyKey = crypto.randomUUID();
  for (let i = 0; i < 3; i += 1) await shop.run(shop.guest, download, { deliveryId, token }, { idempotencyKey });
  const order = await shop.run(shop.guest, getOrder, { orderId, accessKey });
  expect(order.deliveries).toMatchObject([{ downloadsLeft: 4 }]);
});

describe('a new link', () => {
  test('ends the old one, and with the access key is told again', async () => {
    const { deliveryId, token, orderId, accessKey } = await bought();
    const renewed = await shop.run(shop.guest, renewDeliveryLink, { deliveryId, accessKey });
    await expect(shop.run(shop.guest, download, { deliveryId, token })).rejects.toMatchObject({
      code: 'marketplace.unknown_delivery',
    });
    await shop.run(shop.guest, download, { deliveryId, token: renewed.token });
    const order = await shop.run(shop.guest, getOrder, { orderId, accessKey });
    expect(order.deliveries).toMatchObject([{ token: renewed.token, downloadsLeft: 4 }]);
  });

  test('is what a customer who bought without an access key asks for', async () => {
    const kim = shop.as({ id: 'kim', roles: ['guest'] });
    const { orderId, deliveries } = await shop.run(kim, buy, { listingId, cardNumber: GOOD_CARD });
    const deliveryId = deliveries[0]?.deliveryId ?? '';
    const seen = await shop.run(kim, getOrder, { orderId });
    expect(seen.deliveries[0]).not.toHaveProperty('token');

    const { token } = await shop.run(kim, renewDeliveryLink, { deliveryId });
    await expect(shop.run(kim, download, { deliveryId, token })).resolves.toMatchObject({ contentType: 'image/png' });
  });

  test("is for the order's buyer alone, whoever else may read the order", async () => {
    const { deliveryId } = await bought();
    const strangers = [shop.guest, shop.as({ id: 'leo', roles: ['guest'] }), shop.admin];
    for (const stranger of strangers) {
      await expect(shop.run(stranger, renewDeliveryLink, { deliveryId })).rejects.toMatchObject({ kind: 'missing' });
      await expect(shop.run(stranger, renewDeliveryLink, { deliveryId, accessKey: newAccessKey() })).rejects.toMatchObject({
        kind: 'missing',
      });
    }
  });
});

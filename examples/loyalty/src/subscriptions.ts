import { on } from '@troupe-os/core';
import { GUEST_BUYER, orderPlaced } from '@troupe-os/plugin-marketplace/contract';
import { points } from './schema.ts';

const MINOR_PER_POINT = 100n; // this shop sells in units of two decimals

// one transaction and one audit row of its own, as service:loyalty; the order id is the key, so a redelivery credits nothing
export const creditOrder = on(orderPlaced, {
  name: 'credit-order',
  deadLetter: 'block',
  async handler(ctx, { orderId, buyerId, total }) {
    if (buyerId === GUEST_BUYER) return; // all who have not signed in share this id
    await ctx.db
      .insert(points)
      .values({ orderId, customerId: buyerId, points: Number(total.amount / MINOR_PER_POINT) })
      .onConflictDoNothing();
  },
});

// What other plugins may know of the shop.
import { amount, defineEvent } from '@troupe-os/core/contract';
import { z } from 'zod';

/** The `buyerId` of whoever bought without signing in. */
export const GUEST_BUYER = 'guest';

const orderFact = z.strictObject({
  orderId: z.uuid(),
  /** The actor who bought; `GUEST_BUYER` for all who had not signed in. */
  buyerId: z.string(),
  total: z.strictObject({ amount, unit: z.string() }),
});

/** An order was placed and paid. Its subject is the order. */
export const orderPlaced = defineEvent({
  name: 'marketplace.order-placed',
  subject: ({ orderId }) => orderId,
  schema: orderFact,
});

/** The money of a paid order went back, all of it. Its subject is the order. */
export const orderRefunded = defineEvent({
  name: 'marketplace.order-refunded',
  subject: ({ orderId }) => orderId,
  schema: orderFact,
});

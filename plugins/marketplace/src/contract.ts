// What other plugins may know of the shop.
import { amount, defineEvent, definePort } from '@troupe-os/core/contract';
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

/** What was bought of one product in one order. */
export interface SoldLine {
  readonly orderId: string;
  /** Grows with each order, without a gap. */
  readonly orderNumber: number;
  readonly place: number;
  /** Several: a bundle. */
  readonly assetIds: readonly string[];
  /** Of one, in minor units of `unit`. */
  readonly price: bigint;
  readonly unit: string;
  readonly placedAt: Date;
}

/** What everybody may buy now. */
export interface Offer {
  readonly listingId: string;
  /** Several: a bundle. */
  readonly assetIds: readonly string[];
  /** Of one, in minor units of `unit`. */
  readonly price: bigint;
  readonly unit: string;
  /** Since when it is offered like this. */
  readonly since: Date;
}

/** Reads the shop of all brands: whoever calls decides what of it is shown to whom. No buyer is named. */
export interface MarketplacePort {
  /** Of the next paid orders behind a number, in order, those that were refunded later too. `last` is the number of the last one, or `after`. */
  listSales(which: { readonly after: number; readonly orders: number }): Promise<{ lines: SoldLine[]; last: number }>;
  /** All that is on sale and left. */
  listOffers(): Promise<Offer[]>;
}

export const marketplacePort = definePort<MarketplacePort>('marketplace', ['listSales', 'listOffers']);

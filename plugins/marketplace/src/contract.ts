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

/** A row of the shop that somebody changed at a moment. */
export interface Touch {
  readonly actorId: string;
  /** One of `TOUCHED`. */
  readonly table: string;
  readonly key: string;
  readonly at: Date;
}

/** The tables whose rows lead to orders: an order itself, the listing that it was bought from, the product that was bought. */
export const TOUCHED = {
  orders: 'marketplace.orders',
  listings: 'marketplace.listings',
  products: 'marketplace.products',
} as const;

/** What was sold in one week of UTC with somebody's help. */
export interface TouchedWeek {
  /** Undefined: of all who touched it together, each order once. */
  readonly actorId: string | undefined;
  /** Its Monday, `YYYY-MM-DD`. */
  readonly week: string;
  readonly unit: string;
  /** In minor units. */
  readonly amount: bigint;
  readonly orders: number;
}

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

/** What was sold in a time, by keys. */
export interface SoldKeys {
  readonly orders: readonly string[];
  readonly listings: readonly string[];
  readonly products: readonly string[];
}

interface Period {
  readonly from: Date;
  readonly to: Date;
  readonly brandId?: string | undefined;
}

export interface MarketplacePort {
  /** The orders that were placed from `from` on and before `to` and not refunded, and what they were bought from. Of brands whose orders the caller reads; undefined where that is none. */
  soldKeys(period: Period): Promise<SoldKeys | undefined>;
  /**
   * What was sold from `from` on and before `to`, and not refunded, of orders that somebody touched: whoever changed the order itself, or
   * before it was placed its listing or its product. An order counts once for each actor, in the week in which it was placed. Of brands
   * whose orders the caller reads; undefined where that is none.
   */
  revenueTouched(of: Period & { readonly touches: readonly Touch[] }): Promise<TouchedWeek[] | undefined>;
  /**
   * Of the next paid orders behind a number, in order, those that were refunded later too. `last` is the number of the last one, or `after`.
   * Of all brands, not cut to anybody's rights: whoever calls decides what of it is shown to whom. No buyer is named.
   */
  listSales(which: { readonly after: number; readonly orders: number }): Promise<{ lines: SoldLine[]; last: number }>;
  /** All that is on sale and left, of all brands, not cut to anybody's rights. */
  listOffers(): Promise<Offer[]>;
}

export const marketplacePort = definePort<MarketplacePort>('marketplace', [
  'soldKeys',
  'revenueTouched',
  'listSales',
  'listOffers',
]);

// Our own shop: what it has sold, what it offers, and the lowest that it asks.
import { marketplacePort, type Offer } from '@troupe-os/plugin-marketplace/contract';
import type { Floor, HouseSource, NewQuote } from '../source.ts';

const ORDERS_AT_ONCE = 500;

/** Orders are read by their numbers, which have no gaps. A bundle is left out: its price is that of no work. */
export function ownSales({ id = 'shop', title = 'Our own shop' }: { id?: string; title?: string } = {}): HouseSource {
  return Object.freeze<HouseSource>({
    id,
    title,
    kind: 'shop',
    isUntrusted: false,
    requires: { marketplace: ['listSales', 'listOffers'] },
    async readHouse(ctx, since) {
      const shop = ctx.use(marketplacePort);
      const after = Number(since ?? 0);
      const { lines, last } = await shop.listSales({ after, orders: ORDERS_AT_ONCE });
      const offers = await shop.listOffers();
      const sales = lines.flatMap(({ orderId, place, assetIds, price, unit, placedAt }) =>
        ofOne(assetIds).map((asset): NewQuote => {
          return { reference: `order ${orderId} line ${place}`, asset, kind: 'sale', amount: price, unit, at: placedAt };
        }),
      );
      const listings = offers.flatMap(({ listingId, assetIds, price, unit, since: at }) =>
        ofOne(assetIds).map((asset): NewQuote => {
          return { reference: `listing ${listingId} ${at.toISOString()}`, asset, kind: 'listing', amount: price, unit, at };
        }),
      );
      const hasMore = new Set(lines.map(({ orderId }) => orderId)).size === ORDERS_AT_ONCE;
      return { quotes: [...sales, ...listings], floors: floorsOf(offers), cursor: String(last), hasMore };
    },
  });
}

const ofOne = ([assetId, other]: readonly string[]): string[] =>
  assetId === undefined || other !== undefined ? [] : [`work:${assetId}`];

function floorsOf(offers: readonly Offer[]): Floor[] {
  const lowest = new Map<string, Floor>();
  for (const { assetIds, price, unit } of offers) {
    for (const asset of ofOne(assetIds)) {
      const key = `${asset} ${unit}`;
      const known = lowest.get(key);
      if (!known || price < known.amount) lowest.set(key, { asset, unit, amount: price });
    }
  }
  return [...lowest.values()];
}

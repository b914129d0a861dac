// What the shop sells and has sold, for plugins that watch prices.
import type { Context } from '@troupe-os/core';
import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm';
import type { MarketplacePort, Offer } from './contract.ts';
import { isOpenAt } from './listings.ts';
import { assetIdsOf } from './products.ts';
import { listings, orderLines, orders, stock } from './schema.ts';
import { leftAt } from './stock.ts';

export async function listSales(
  ctx: Context,
  { after, orders: many }: Parameters<MarketplacePort['listSales']>[0],
): ReturnType<MarketplacePort['listSales']> {
  const paid = await ctx.db
    .select({ id: orders.id, number: orders.number, unit: orders.unit, placedAt: orders.placedAt })
    .from(orders)
    .where(and(gt(orders.number, after), inArray(orders.state, ['paid', 'fulfilled', 'refunded'])))
    .orderBy(asc(orders.number))
    .limit(many);
  if (paid.length === 0) return { lines: [], last: after };
  const sold = await ctx.db
    .select({
      orderId: orderLines.orderId,
      place: orderLines.place,
      productId: orderLines.productId,
      price: orderLines.price,
    })
    .from(orderLines)
    .where(
      inArray(
        orderLines.orderId,
        paid.map(({ id }) => id),
      ),
    )
    .orderBy(orderLines.place);
  const works = await assetIdsOf(ctx, [...new Set(sold.map(({ productId }) => productId))]);
  const lines = paid.flatMap(({ id, number, unit, placedAt }) =>
    sold
      .filter(({ orderId }) => orderId === id)
      .map(({ place, productId, price }) => {
        const what = { orderId: id, orderNumber: number, place, assetIds: works.get(productId) ?? [] };
        return { ...what, price, unit, placedAt };
      }),
  );
  return { lines, last: paid.at(-1)?.number ?? after };
}

export async function listOffers(ctx: Context): Promise<Offer[]> {
  const left = leftAt(ctx.now);
  const open = await ctx.db
    .select({
      listingId: listings.id,
      productId: listings.productId,
      price: listings.price,
      unit: listings.unit,
      startsAt: listings.startsAt,
      updatedAt: listings.updatedAt,
    })
    .from(listings)
    .innerJoin(stock, eq(stock.productId, listings.productId))
    .where(and(isOpenAt(ctx.now), or(isNull(stock.onHand), sql`${left} > 0`)))
    .orderBy(asc(listings.position));
  const works = await assetIdsOf(ctx, [...new Set(open.map(({ productId }) => productId))]);
  return open.map(({ productId, startsAt, updatedAt, ...offer }) => ({
    ...offer,
    assetIds: works.get(productId) ?? [],
    since: startsAt !== null && startsAt > updatedAt ? startsAt : updatedAt,
  }));
}

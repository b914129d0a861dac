// The sale: stock, order, payment, books and ownership move together or not at all.
import type { Context } from '@troupe-os/core';
import { type AssetDescription, assetsPort } from '@troupe-os/plugin-assets/contract';
import { eq } from 'drizzle-orm';
import { hashOf } from './access.ts';
import { bookSale } from './books.ts';
import { GUEST_BUYER, orderPlaced } from './contract.ts';
import { deliver } from './deliveries.ts';
import { shopErrors } from './errors.ts';
import { type ListingRow, seenListing } from './listings.ts';
import { moveOrder, nextOrderNumber } from './orders.ts';
import { assetIdsOf } from './products.ts';
import { buyerOf } from './reach.ts';
import { type OrderRow, orderLines, orders } from './schema.ts';
import { takeHeld, takeStock } from './stock.ts';
import { payByTest } from './test-payments.ts';

export interface Purchase {
  readonly listingId: string;
  readonly quantity: number;
  readonly cardNumber: string;
  readonly email?: string | undefined;
  readonly accessKey?: string | undefined;
  readonly shippingAddress?: string | undefined;
  readonly holdId?: string | undefined;
  /** What the buyer was shown. */
  readonly total?: bigint | undefined;
}

/**
 * Sells, or answers the order that this access key has made already: a second click buys nothing.
 * Errors: marketplace.unknown_listing, listing_not_open, listing_ended, email_needed, access_key_needed, access_key_reused,
 * address_needed, price_changed, sold_out, unknown_hold, hold_expired, not_a_test_card, declined.
 */
export async function sell(ctx: Context, purchase: Purchase): Promise<OrderRow> {
  assertReachable(ctx, purchase);
  const earlier = await earlierOrder(ctx, purchase);
  if (earlier) return earlier;
  const listing = await seenListing(ctx, purchase.listingId);
  assertOpen(ctx, listing);
  if (listing.kind === 'physical' && purchase.shippingAddress === undefined) throw shopErrors.address_needed();
  const total = listing.price * BigInt(purchase.quantity);
  if (purchase.total !== undefined && purchase.total !== total) throw shopErrors.price_changed({ total: String(total) });

  const { productId } = listing;
  const { holdId, quantity } = purchase;
  await (holdId === undefined ? takeStock(ctx, productId, quantity) : takeHeld(ctx, { holdId, productId, quantity }));
  const works = await worksOf(ctx, productId);
  const order = await writeOrder(ctx, purchase, listing, total);
  await payByTest(ctx, order, purchase.cardNumber);
  if (listing.kind === 'digital') {
    await deliver(ctx, { orderId: order.id, place: 0, brandId: order.brandId }, works, purchase.accessKey);
  }
  await bookSale(ctx, order, works.length === 1 ? works[0]?.assetId : undefined);
  if (listing.edition === 'unique') await handOver(ctx, works, order);
  ctx.emit(orderPlaced, { orderId: order.id, buyerId: order.buyerId, total: { amount: total, unit: order.unit } });
  return moveOrder(ctx, order.id, 'paid');
}

function assertReachable(ctx: Context, { email, accessKey }: Purchase): void {
  if (buyerOf(ctx) !== GUEST_BUYER) return;
  if (email === undefined) throw shopErrors.email_needed();
  if (accessKey === undefined) throw shopErrors.access_key_needed();
}

async function earlierOrder(ctx: Context, { accessKey, listingId, quantity, email }: Purchase): Promise<OrderRow | undefined> {
  if (accessKey === undefined) return undefined;
  const [found] = await ctx.db
    .select({ order: orders, line: orderLines })
    .from(orders)
    .innerJoin(orderLines, eq(orderLines.orderId, orders.id))
    .where(eq(orders.accessHash, hashOf(accessKey)));
  if (!found) return undefined;
  const { order, line } = found;
  const isSame =
    order.buyerId === buyerOf(ctx) &&
    order.email === (email ?? null) &&
    line.listingId === listingId &&
    line.quantity === quantity;
  if (!isSame) throw shopErrors.access_key_reused();
  return order;
}

function assertOpen(ctx: Context, { listingId, state, startsAt, endsAt }: ListingRow): void {
  if (state === 'ended' || (endsAt !== null && endsAt <= ctx.now)) throw shopErrors.listing_ended({ listingId });
  if (state === 'draft' || (startsAt !== null && startsAt > ctx.now)) throw shopErrors.listing_not_open({ listingId });
}

async function worksOf(ctx: Context, productId: string): Promise<AssetDescription[]> {
  const assetIds = (await assetIdsOf(ctx, [productId])).get(productId) ?? [];
  return ctx.use(assetsPort).describe(assetIds);
}

async function writeOrder(ctx: Context, purchase: Purchase, listing: ListingRow, total: bigint): Promise<OrderRow> {
  const { accessKey, email, shippingAddress, quantity } = purchase;
  const { brandId, listingId, productId, title, kind, price, unit } = listing;
  ctx.copiesWords({ from: 'marketplace.products', keys: [productId], into: ['marketplace.order_lines'] });
  const [order] = await ctx.db
    .insert(orders)
    .values({
      id: crypto.randomUUID(),
      number: await nextOrderNumber(ctx),
      brandId,
      buyerId: buyerOf(ctx),
      email: email ?? null,
      shippingAddress: kind === 'physical' ? (shippingAddress ?? null) : null,
      state: 'placed',
      total,
      unit,
      accessHash: accessKey === undefined ? null : hashOf(accessKey),
      placedAt: ctx.now,
      changedAt: ctx.now,
    })
    .returning();
  if (!order) throw new Error('an insert answers its row');
  await ctx.db
    .insert(orderLines)
    .values({ orderId: order.id, place: 0, brandId, listingId, productId, title, kind, quantity, price });
  return order;
}

/** A one of one belongs to its buyer; a guest's to whoever holds the order. */
async function handOver(ctx: Context, works: readonly AssetDescription[], { id, buyerId }: OrderRow): Promise<void> {
  const assets = ctx.use(assetsPort);
  for (const { assetId } of works) {
    await assets.changeStatus(assetId, 'sold');
    await assets.setOwner(assetId, { kind: 'customer', id: buyerId === GUEST_BUYER ? `order:${id}` : buyerId });
  }
}

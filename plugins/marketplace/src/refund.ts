// The refund: all of what the sale moved goes back in one call.
import type { Context } from '@troupe-os/core';
import { assetsPort } from '@troupe-os/plugin-assets/contract';
import { eq } from 'drizzle-orm';
import { bookRefund } from './books.ts';
import { orderRefunded } from './contract.ts';
import { revokeLinks } from './deliveries.ts';
import { moveOrder } from './orders.ts';
import { assetIdsOf } from './products.ts';
import { listings, type OrderRow, orderLines, products } from './schema.ts';
import { putBack } from './stock.ts';
import { refundByTest } from './test-payments.ts';

/** Gives the money back, ends the links, and puts what was sold back on the shelf. Errors: marketplace.wrong_state. */
export async function refund(ctx: Context, orderId: string): Promise<OrderRow> {
  const order = await moveOrder(ctx, orderId, 'refunded');
  const lines = await ctx.db
    .select({
      productId: orderLines.productId,
      quantity: orderLines.quantity,
      edition: products.edition,
      listingState: listings.state,
    })
    .from(orderLines)
    .innerJoin(products, eq(products.id, orderLines.productId))
    .innerJoin(listings, eq(listings.id, orderLines.listingId))
    .where(eq(orderLines.orderId, orderId))
    .orderBy(orderLines.productId);
  for (const { productId, quantity } of lines) await putBack(ctx, productId, quantity);
  await refundByTest(ctx, orderId);
  await revokeLinks(ctx, orderId);
  await bookRefund(ctx, order);
  for (const { productId, edition, listingState } of lines) {
    if (edition === 'unique') await takeBack(ctx, productId, listingState === 'active' ? 'on-sale' : 'published');
  }
  ctx.emit(orderRefunded, { orderId, buyerId: order.buyerId, total: { amount: order.total, unit: order.unit } });
  return order;
}

async function takeBack(ctx: Context, productId: string, to: 'on-sale' | 'published'): Promise<void> {
  const assets = ctx.use(assetsPort);
  for (const assetId of (await assetIdsOf(ctx, [productId])).get(productId) ?? []) {
    await assets.changeStatus(assetId, to);
    await assets.setOwner(assetId, { kind: 'company' });
  }
}

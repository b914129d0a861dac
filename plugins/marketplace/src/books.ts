// What a sale is in the books: the provider owes the company the price, and the brand has earned it.
import type { Context } from '@troupe-os/core';
import { ledgerPort } from '@troupe-os/plugin-ledger/contract';

/** Where the test provider's money would stand: an account of its own, so that nobody takes a rehearsal for income at the bank. */
const TEST_CLEARING = 'assets:processors:test';

interface BookedOrder {
  readonly id: string;
  readonly number: number;
  readonly brandId: string;
  readonly buyerId: string;
  readonly total: bigint;
  readonly unit: string;
}

/** Opens the accounts that sales of this brand in this unit need. Errors: ledger.unknown_unit. */
export async function ensureSalesAccounts(ctx: Context, { brandId, unit }: { brandId: string; unit: string }): Promise<void> {
  const ledger = ctx.use(ledgerPort);
  await ledger.ensureAccount({ path: TEST_CLEARING, title: 'Test payments: no money moved', type: 'asset', unit });
  await ledger.ensureAccount({ path: salesOf(brandId), title: `Sales of ${brandId}`, type: 'income', unit, brandId });
}

/** Books a paid order. `assetId` where it was a single work. */
export async function bookSale(ctx: Context, order: BookedOrder, assetId?: string): Promise<void> {
  await book(ctx, order, { event: 'paid', memo: `Order ${order.number}`, amount: order.total, assetId });
}

/** Books the money of an order back. */
export async function bookRefund(ctx: Context, order: BookedOrder): Promise<void> {
  await book(ctx, order, { event: 'refunded', memo: `Refund of order ${order.number}`, amount: -order.total });
}

async function book(
  ctx: Context,
  { id, brandId, buyerId, unit }: BookedOrder,
  { event, memo, amount, assetId }: { event: 'paid' | 'refunded'; memo: string; amount: bigint; assetId?: string | undefined },
): Promise<void> {
  await ctx.use(ledgerPort).post({
    key: `order:${id}:${event}`,
    memo,
    brandId,
    orderId: id,
    assetId,
    counterparty: buyerId,
    postings: [
      { path: TEST_CLEARING, unit, amount },
      { path: salesOf(brandId), unit, amount: -amount },
    ],
  });
}

function salesOf(brandId: string): string {
  return `income:sales:${brandId}`;
}

// The test provider: it looks like a payment and moves no money. It is named so wherever it appears.
import type { Context, Unsafe } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { shopErrors } from './errors.ts';
import { type OrderRow, payments } from './schema.ts';

/** Said beside each payment. */
export const REHEARSAL_NOTICE = 'Test payment: no money moved.';

/** There is no other provider yet, and whoever knows the number of a test card is given what they want. */
export const testPaymentsUnsafe: Unsafe = {
  setting: 'TROUPE_ALLOW',
  why: 'Payments go through the test provider, which moves no money: what is sold is given away.',
  todo: 'Keep the shop off the internet until there is another provider.',
  allow: 'test-payments',
};

/** Digits in groups or without, as people type them. */
export const cardRule = z.string().regex(/^(\d ?){15}\d$/, 'A card number has 16 digits.');

/** Pays an order: the intent first, then what came of it. Errors: marketplace.not_a_test_card, marketplace.declined. */
export async function payByTest(ctx: Context, { id, brandId, total, unit }: OrderRow, cardNumber: string): Promise<void> {
  await ctx.db.insert(payments).values({
    id: crypto.randomUUID(),
    orderId: id,
    brandId,
    provider: 'test',
    amount: total,
    unit,
    state: 'intended',
    createdAt: ctx.now,
    changedAt: ctx.now,
  });
  authorize(cardNumber);
  await settle(ctx, id, { from: 'intended', to: 'succeeded' });
}

/** Gives the money of a payment back. */
export async function refundByTest(ctx: Context, orderId: string): Promise<void> {
  await settle(ctx, orderId, { from: 'succeeded', to: 'refunded' });
}

function authorize(cardNumber: string): void {
  const digits = cardNumber.replaceAll(' ', '');
  if (digits.endsWith('0002')) throw shopErrors.declined();
  if (!digits.startsWith('4242')) throw shopErrors.not_a_test_card();
}

async function settle(
  ctx: Context,
  orderId: string,
  { from, to }: { from: 'intended' | 'succeeded'; to: 'succeeded' | 'refunded' },
): Promise<void> {
  const moved = await ctx.db
    .update(payments)
    .set({ state: to, changedAt: ctx.now })
    .where(and(eq(payments.orderId, orderId), eq(payments.state, from)))
    .returning({ id: payments.id });
  if (moved.length === 0) throw shopErrors.wrong_state({ orderId, payment: from });
}

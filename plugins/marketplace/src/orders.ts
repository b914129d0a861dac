// Orders: their numbers, their states, who may see them, and how they read on the wire.
import { amount, type Context, holds, moment, secret } from '@troupe-os/core';
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isHashOf } from './access.ts';
import { tokenFor } from './deliveries.ts';
import { shopErrors } from './errors.ts';
import { signedInBuyer } from './reach.ts';
import {
  counters,
  type DeliveryRow,
  deliveries,
  KINDS,
  ORDER_STATES,
  type OrderRow,
  type OrderState,
  orderLines,
  orders,
  payments,
} from './schema.ts';
import { REHEARSAL_NOTICE } from './test-payments.ts';

/** Reads the orders of a brand. */
export const READ_ORDERS = 'marketplace.order.read';

/** Whether somebody still waits for a parcel: its address is needed. */
export const isToBeSent = and(inArray(orders.state, ['placed', 'paid']), isNotNull(orders.shippingAddress));

/** From which states a state is reached. */
const FROM: Readonly<Partial<Record<OrderState, readonly OrderState[]>>> = {
  paid: ['placed'],
  fulfilled: ['paid'],
  refunded: ['paid', 'fulfilled'],
};

const deliveryShape = {
  deliveryId: z.uuid(),
  assetId: z.string(),
  title: z.string(),
  expiresAt: moment.optional().describe('When the link ends; none: there is no link yet, renew-delivery-link makes one.'),
  downloadsLeft: z.int().nonnegative(),
};

const orderShape = {
  orderId: z.uuid(),
  number: z.int(),
  state: z.enum(ORDER_STATES),
  brandId: z.string(),
  placedAt: moment,
  total: amount,
  unit: z.string(),
  email: z.string().optional(),
  shippingAddress: z.string().optional(),
  lines: z.array(
    z.strictObject({
      listingId: z.uuid(),
      productId: z.uuid(),
      title: z.string(),
      kind: z.enum(KINDS),
      quantity: z.int(),
      price: amount,
    }),
  ),
  payment: z.strictObject({ provider: z.literal('test'), state: z.string(), notice: z.string() }),
};

/** An order without secrets: an answer that may be stored, and given again. */
export const orderAnswer = z.strictObject({ ...orderShape, deliveries: z.array(z.strictObject(deliveryShape)) });

/** The same with the tokens of its links, for whoever shows the access key. */
export const orderWithLinks = z.strictObject({
  ...orderShape,
  deliveries: z.array(
    z.strictObject({ ...deliveryShape, token: secret().optional().describe('What marketplace.download asks for.') }),
  ),
});

/** The next number without a gap: a call that fails gives its number back. */
export async function nextOrderNumber(ctx: Context): Promise<number> {
  const [counter] = await ctx.db
    .insert(counters)
    .values({ name: 'order', value: 1 })
    .onConflictDoUpdate({ target: counters.name, set: { value: sql`${counters.value} + 1` } })
    .returning({ value: counters.value });
  if (!counter) throw new Error('a counter answers its value');
  return counter.value;
}

/** Moves an order on, by one guarded update. Errors: marketplace.wrong_state. */
export async function moveOrder(ctx: Context, orderId: string, to: OrderState): Promise<OrderRow> {
  const [moved] = await ctx.db
    .update(orders)
    .set({ state: to, changedAt: ctx.now })
    .where(and(eq(orders.id, orderId), inArray(orders.state, [...(FROM[to] ?? [])])))
    .returning();
  if (!moved) throw shopErrors.wrong_state({ orderId, wanted: to });
  return moved;
}

/**
 * An order that the caller may see: its buyer's, that of whoever has its access key, or of a brand whose orders the caller reads.
 * Errors: marketplace.unknown_order, for one that is not there and one that is not shown alike.
 */
export async function seenOrder(ctx: Context, orderId: string, accessKey?: string): Promise<OrderRow> {
  const [order] = await ctx.db.select().from(orders).where(eq(orders.id, orderId));
  if (!order || !(isTheirs(ctx, order, accessKey) || holds(ctx.actor.rights, READ_ORDERS, order.brandId))) {
    throw shopErrors.unknown_order({ orderId });
  }
  return order;
}

/** An order of a brand on which the caller holds the permission. Errors: marketplace.unknown_order. */
export async function reachedOrder(ctx: Context, permission: string, orderId: string): Promise<OrderRow> {
  const [order] = await ctx.db.select().from(orders).where(eq(orders.id, orderId));
  if (!order || !holds(ctx.actor.rights, permission, order.brandId)) throw shopErrors.unknown_order({ orderId });
  return order;
}

/** Whether the caller is who bought it, or has the key that they made for it. */
export function isTheirs(ctx: Context, order: OrderRow, accessKey: string | undefined): boolean {
  return order.buyerId === signedInBuyer(ctx) || isHashOf(order.accessHash, accessKey);
}

/** Orders as they read on the wire; tokens of links where the access key is theirs. */
export async function describeOrders(ctx: Context, found: readonly OrderRow[], accessKey?: string) {
  const ids = found.map(({ id }) => id);
  if (ids.length === 0) return [];
  const lines = await ctx.db.select().from(orderLines).where(inArray(orderLines.orderId, ids)).orderBy(orderLines.place);
  const paid = await ctx.db.select().from(payments).where(inArray(payments.orderId, ids));
  const delivered = await ctx.db
    .select()
    .from(deliveries)
    .where(inArray(deliveries.orderId, ids))
    .orderBy(deliveries.place, deliveries.title);
  return found.map(({ id, number, state, brandId, placedAt, total, unit, email, shippingAddress }) => ({
    orderId: id,
    number,
    state,
    brandId,
    placedAt,
    total,
    unit,
    ...(email !== null && { email }),
    ...(shippingAddress !== null && { shippingAddress }),
    lines: lines
      .filter(({ orderId }) => orderId === id)
      .map(({ listingId, productId, title, kind, quantity, price }) => ({ listingId, productId, title, kind, quantity, price })),
    payment: {
      provider: 'test' as const,
      state: paid.find(({ orderId }) => orderId === id)?.state ?? 'intended',
      notice: REHEARSAL_NOTICE,
    },
    deliveries: delivered
      .filter(({ orderId }) => orderId === id)
      .map((delivery) => ({ ...describeDelivery(delivery), ...withToken(tokenFor(delivery, accessKey)) })),
  }));
}

/** One order, as `describeOrders` does it. */
export async function describeOrder(ctx: Context, order: OrderRow, accessKey?: string) {
  const [described] = await describeOrders(ctx, [order], accessKey);
  if (!described) throw shopErrors.unknown_order({ orderId: order.id });
  return described;
}

/** A delivery without its token. */
export function describeDelivery({ id, assetId, title, expiresAt, downloadsUsed, downloadsAllowed }: DeliveryRow) {
  return {
    deliveryId: id,
    assetId,
    title,
    ...(expiresAt !== null && { expiresAt }),
    downloadsLeft: downloadsAllowed - downloadsUsed,
  };
}

function withToken(token: string | undefined) {
  return token === undefined ? {} : { token };
}

// How many there are. What is held and sold never exceeds what is on hand: the database refuses it, and each change is one guarded update.
import type { Context } from '@troupe-os/core';
import { and, eq, gt, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import { shopErrors } from './errors.ts';
import { holds, stock } from './schema.ts';

/** Takes so many for good. Errors: marketplace.sold_out. */
export async function takeStock(ctx: Context, productId: string, quantity: number): Promise<void> {
  const isEnough = fits(quantity);
  const take = { sold: sql`${stock.sold} + ${quantity}` };
  if (await tryChange(ctx, productId, take, isEnough)) return;
  // the sweep may not have come by yet
  if ((await expireHolds(ctx, productId)) > 0 && (await tryChange(ctx, productId, take, isEnough))) return;
  throw shopErrors.sold_out({ productId, quantity });
}

/** Puts so many back that were sold. Errors: marketplace.stock_differs. */
export async function putBack(ctx: Context, productId: string, quantity: number): Promise<void> {
  await change(ctx, productId, { sold: sql`${stock.sold} - ${quantity}` });
}

/** Sets so many aside until a moment. Errors: marketplace.sold_out. */
export async function setAside(
  ctx: Context,
  { productId, brandId, quantity, expiresAt }: { productId: string; brandId: string; quantity: number; expiresAt: Date },
): Promise<string> {
  const held = { held: sql`${stock.held} + ${quantity}` };
  if (!(await tryChange(ctx, productId, held, fits(quantity)))) {
    await expireHolds(ctx, productId);
    if (!(await tryChange(ctx, productId, held, fits(quantity)))) throw shopErrors.sold_out({ productId, quantity });
  }
  const id = crypto.randomUUID();
  await ctx.db
    .insert(holds)
    .values({ id, productId, brandId, actorId: ctx.actor.id, quantity, state: 'active', expiresAt, createdAt: ctx.now });
  return id;
}

/** Takes for good what was held. Errors: marketplace.unknown_hold, marketplace.hold_expired, marketplace.stock_differs. */
export async function takeHeld(
  ctx: Context,
  { holdId, productId, quantity }: { holdId: string; productId: string; quantity: number },
): Promise<void> {
  const isThis = and(eq(holds.id, holdId), eq(holds.productId, productId), eq(holds.quantity, quantity));
  const [used] = await ctx.db
    .update(holds)
    .set({ state: 'used' })
    .where(and(isThis, eq(holds.state, 'active'), gt(holds.expiresAt, ctx.now)))
    .returning({ id: holds.id });
  if (used) {
    await change(ctx, productId, { held: sql`${stock.held} - ${quantity}`, sold: sql`${stock.sold} + ${quantity}` });
    return;
  }
  const [known] = await ctx.db.select({ id: holds.id }).from(holds).where(isThis);
  throw known ? shopErrors.hold_expired({ holdId }) : shopErrors.unknown_hold({ holdId });
}

/** Releases what was held too long, of one product or of all. Answers how many holds those were. */
export async function expireHolds(ctx: Context, productId?: string): Promise<number> {
  // whoever is using one just now has it locked and decides about it; a second sweep takes the others
  const due = await ctx.db
    .select({ id: holds.id, productId: holds.productId, quantity: holds.quantity })
    .from(holds)
    .where(and(eq(holds.state, 'active'), lte(holds.expiresAt, ctx.now), productId ? eq(holds.productId, productId) : undefined))
    .orderBy(holds.productId, holds.id)
    .for('update', { skipLocked: true });
  if (due.length === 0) return 0;
  await ctx.db
    .update(holds)
    .set({ state: 'expired' })
    .where(
      inArray(
        holds.id,
        due.map(({ id }) => id),
      ),
    );
  for (const [product, released] of Map.groupBy(due, (hold) => hold.productId)) {
    const quantity = released.reduce((sum, hold) => sum + hold.quantity, 0);
    await change(ctx, product, { held: sql`${stock.held} - ${quantity}` });
  }
  return due.length;
}

/** How many can be had at this moment: what was held too long counts as free. Null for an open edition. */
export function leftAt(now: Date): SQL<number | null> {
  return sql<
    number | null
  >`(${stock.onHand} - ${stock.sold} - ${stock.held} + (select coalesce(sum(h.quantity), 0) from ${holds} h
    where h.product_id = ${stock.productId} and h.state = 'active' and h.expires_at <= ${now.toISOString()}::timestamptz))::int`;
}

function fits(quantity: number): SQL | undefined {
  return or(isNull(stock.onHand), sql`${stock.held} + ${stock.sold} + ${quantity} <= ${stock.onHand}`);
}

/** What the counts cannot hold the database refuses, as the same error. Errors: marketplace.stock_differs. */
async function change(ctx: Context, productId: string, values: { held?: SQL; sold?: SQL }): Promise<void> {
  if (!(await tryChange(ctx, productId, values))) throw shopErrors.stock_differs({ productId });
}

async function tryChange(
  ctx: Context,
  productId: string,
  values: { held?: SQL; sold?: SQL },
  condition?: SQL | undefined,
): Promise<boolean> {
  const changed = await ctx.db
    .update(stock)
    .set(values)
    .where(and(eq(stock.productId, productId), condition))
    .returning({ productId: stock.productId });
  return changed.length > 0;
}

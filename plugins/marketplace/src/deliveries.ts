// Digital delivery: a file that was bought, and the link that opens it for a while and a number of times.
import type { Context } from '@troupe-os/core';
import type { AssetDescription } from '@troupe-os/plugin-assets/contract';
import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import { derivedToken, hashOf, isHashOf, randomToken } from './access.ts';
import { shopErrors } from './errors.ts';
import { type DeliveryRow, deliveries, orders } from './schema.ts';

const LINK_DAYS = 7;
const DOWNLOADS_ALLOWED = 5;
const DAY_MS = 86_400_000;

interface BoughtLine {
  readonly orderId: string;
  readonly place: number;
  readonly brandId: string;
}

/** Makes what a line delivers. With an access key each file has its link at once; without one when it is asked for. */
export async function deliver(
  ctx: Context,
  { orderId, place, brandId }: BoughtLine,
  works: readonly AssetDescription[],
  accessKey: string | undefined,
): Promise<DeliveryRow[]> {
  const rows = works.map(({ assetId, title }) => {
    const id = crypto.randomUUID();
    const link = accessKey === undefined ? {} : linkOf(ctx, derivedToken(accessKey, { id, generation: 1 }));
    return { id, orderId, place, brandId, assetId, title, downloadsAllowed: DOWNLOADS_ALLOWED, ...link };
  });
  const keys = works.map(({ assetId }) => assetId);
  ctx.copiesWords({ from: 'assets.assets', keys, into: ['marketplace.deliveries'] });
  return ctx.db.insert(deliveries).values(rows).returning();
}

/** A new link, and the end of the old one. The token is made from the access key where there is one, so that it can be told again. */
export async function renewLink(
  ctx: Context,
  delivery: DeliveryRow,
  accessKey: string | undefined,
): Promise<{ delivery: DeliveryRow; token: string }> {
  const generation = delivery.generation + 1;
  const token = accessKey === undefined ? randomToken() : derivedToken(accessKey, { id: delivery.id, generation });
  const [renewed] = await ctx.db
    .update(deliveries)
    .set({ generation, downloadsUsed: 0, ...linkOf(ctx, token) })
    .where(and(eq(deliveries.id, delivery.id), eq(deliveries.generation, delivery.generation)))
    .returning();
  if (!renewed) throw shopErrors.unknown_delivery({ deliveryId: delivery.id });
  return { delivery: renewed, token };
}

/**
 * Counts one download of a link and answers what it opens.
 * Errors: marketplace.unknown_delivery, link_expired, link_used_up.
 */
export async function countDownload(ctx: Context, deliveryId: string, token: string): Promise<DeliveryRow> {
  // the order first, as a refund does it: the two cannot wait for each other
  const itsOrder = ctx.db.select({ id: deliveries.orderId }).from(deliveries).where(eq(deliveries.id, deliveryId));
  await ctx.db.select({ id: orders.id }).from(orders).where(inArray(orders.id, itsOrder)).for('update');
  const [delivery] = await ctx.db.select().from(deliveries).where(eq(deliveries.id, deliveryId));
  if (!delivery || !isHashOf(delivery.tokenHash, token)) throw shopErrors.unknown_delivery();
  if (delivery.expiresAt === null || delivery.expiresAt <= ctx.now) throw shopErrors.link_expired({ deliveryId });
  const [counted] = await ctx.db
    .update(deliveries)
    .set({
      downloadsUsed: sql`${deliveries.downloadsUsed} + 1`,
      firstDownloadedAt: delivery.firstDownloadedAt ?? ctx.now,
    })
    .where(and(eq(deliveries.id, deliveryId), gt(deliveries.downloadsAllowed, deliveries.downloadsUsed)))
    .returning();
  if (!counted) throw shopErrors.link_used_up({ deliveryId, downloads: delivery.downloadsAllowed });
  return counted;
}

/** Whether every file of an order has been fetched. */
export async function isDelivered(ctx: Context, orderId: string): Promise<boolean> {
  const waiting = await ctx.db.$count(deliveries, and(eq(deliveries.orderId, orderId), isNull(deliveries.firstDownloadedAt)));
  return waiting === 0;
}

/** Ends all links of an order. */
export async function revokeLinks(ctx: Context, orderId: string): Promise<void> {
  await ctx.db.update(deliveries).set({ tokenHash: null, expiresAt: null }).where(eq(deliveries.orderId, orderId));
}

/** The token of a delivery's link, if the access key is what it was made from. */
export function tokenFor(delivery: DeliveryRow, accessKey: string | undefined): string | undefined {
  if (accessKey === undefined) return undefined;
  const token = derivedToken(accessKey, delivery);
  return isHashOf(delivery.tokenHash, token) ? token : undefined;
}

function linkOf(ctx: Context, token: string) {
  return { tokenHash: hashOf(token), expiresAt: new Date(ctx.now.getTime() + LINK_DAYS * DAY_MS) };
}

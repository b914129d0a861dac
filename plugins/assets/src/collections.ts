// Collections: works that somebody put together.
import { type Context, holds } from '@troupe-os/core';
import { and, eq, inArray } from 'drizzle-orm';
import { assetsErrors } from './errors.ts';
import { assets, collectionItems, collections } from './schema.ts';
import { READ_ALL, visibleTo } from './visibility.ts';

/** A collection on whose brand the actor holds a permission. Errors: assets.unknown_collection. */
export async function heldCollection(ctx: Context, id: string, permission: string): Promise<typeof collections.$inferSelect> {
  const [found] = await ctx.db.select().from(collections).where(eq(collections.id, id));
  const seen = found && holds(ctx.actor.rights, READ_ALL, found.brandId) && holds(ctx.actor.rights, permission, found.brandId);
  if (!seen) throw assetsErrors.unknown_collection({ id });
  return found;
}

/** Puts works that the actor sees into a collection; what is in it already stays. Answers how many were added. */
export async function putInCollection(ctx: Context, collectionId: string, assetIds: readonly string[]): Promise<number> {
  const seen = await ctx.db
    .select({ id: assets.id })
    .from(assets)
    .where(and(inArray(assets.id, [...assetIds]), visibleTo(ctx.actor)));
  if (seen.length === 0) return 0;
  const wanted = assetIds.filter((id) => seen.some((one) => one.id === id));
  const added = await ctx.db
    .insert(collectionItems)
    .values(wanted.map((assetId) => ({ collectionId, assetId })))
    .onConflictDoNothing()
    .returning({ id: collectionItems.assetId });
  return added.length;
}

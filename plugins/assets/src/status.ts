// The life of a work: draft, indexed, published, on sale, sold, archived. Each step is one guarded update.
import type { Context } from '@troupe-os/core';
import { and, eq, inArray } from 'drizzle-orm';
import { type AssetStatus, assetPublished } from './contract.ts';
import { assetsErrors } from './errors.ts';
import { type AssetRow, assets } from './schema.ts';

/** From which states a state is reached. */
const FROM: Readonly<Partial<Record<AssetStatus, readonly AssetStatus[]>>> = {
  published: ['indexed'],
  archived: ['draft', 'indexed', 'published', 'sold'],
};

/** The same for the marketplace, which puts on sale, takes off sale, sells and takes back. */
const FROM_IN_TRADE: Readonly<Record<'on-sale' | 'published' | 'sold', readonly AssetStatus[]>> = {
  'on-sale': ['published', 'sold'],
  published: ['on-sale', 'sold'],
  sold: ['on-sale'],
};

/** Opens a work to everybody and tells it. Errors: assets.wrong_status. */
export async function publishAsset(ctx: Context, id: string): Promise<AssetRow> {
  const asset = await moveOn(ctx, { id, to: 'published', from: FROM.published ?? [] });
  ctx.emit(assetPublished, { assetId: id, brandId: asset.brandId, type: asset.type, title: asset.title });
  return asset;
}

/** Takes a work out of sight. Errors: assets.on_sale, assets.wrong_status. */
export async function archiveAsset(ctx: Context, id: string): Promise<AssetRow> {
  return moveOn(ctx, { id, to: 'archived', from: FROM.archived ?? [] });
}

/** What the marketplace may do; what is so already stays so. Errors: assets.unknown_asset, assets.wrong_status. */
export async function changeStatus(ctx: Context, id: string, to: keyof typeof FROM_IN_TRADE): Promise<void> {
  const [asset] = await ctx.db.select({ status: assets.status }).from(assets).where(eq(assets.id, id)).for('update');
  if (!asset) throw assetsErrors.unknown_asset({ id });
  if (asset.status !== to) await moveOn(ctx, { id, to, from: FROM_IN_TRADE[to] });
}

async function moveOn(
  ctx: Context,
  { id, to, from }: { id: string; to: AssetStatus; from: readonly AssetStatus[] },
): Promise<AssetRow> {
  const [moved] = await ctx.db
    .update(assets)
    .set({ status: to, updatedAt: ctx.now })
    .where(and(eq(assets.id, id), inArray(assets.status, [...from])))
    .returning();
  if (moved) return moved;
  const [asset] = await ctx.db.select({ status: assets.status }).from(assets).where(eq(assets.id, id));
  if (!asset) throw assetsErrors.unknown_asset({ id });
  if (to === 'archived' && asset.status === 'on-sale') throw assetsErrors.on_sale({ id });
  throw assetsErrors.wrong_status({ id, status: asset.status, wanted: to });
}

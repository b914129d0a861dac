// Works as records: how one comes in, who is given it, and what becomes of it.
import { type Context, holds } from '@troupe-os/core';
import type { Embedding } from '@troupe-os/core/search';
import { asc, eq, inArray, sql } from 'drizzle-orm';
import { type AssetDescription, type AssetOwner, type AssetStatus, type AssetType, assetIndexed } from './contract.ts';
import { assetsErrors } from './errors.ts';
import type { Inspected } from './inspect.ts';
import { rememberFingerprint } from './likenesses.ts';
import { type AssetRow, type AssetSource, assets, derivatives, embeddings } from './schema.ts';
import { isVisibleTo } from './visibility.ts';

export interface NewAsset {
  readonly brandId: string;
  readonly source: AssetSource;
  /** Default: what the file's content suggests. */
  readonly type?: AssetType;
}

/**
 * Writes an inspected file as a work that can be found. A file that the company has already is that same work:
 * `isNew` is then false and nothing is changed.
 */
export async function addAsset(
  ctx: Context,
  inspected: Inspected,
  { brandId, source, type }: NewAsset,
): Promise<{ assetId: string; isNew: boolean }> {
  const { embedding, derivatives: pictures, fingerprint, tags, ...file } = inspected;
  const [added] = await ctx.db
    .insert(assets)
    .values({
      ...file,
      id: crypto.randomUUID(),
      brandId,
      source,
      type: type ?? file.type,
      status: 'indexed',
      tags: [...tags],
      createdAt: ctx.now,
      updatedAt: ctx.now,
    })
    .onConflictDoNothing({ target: assets.sha256 })
    .returning({ id: assets.id });
  if (!added) {
    const [known] = await ctx.db.select({ id: assets.id }).from(assets).where(eq(assets.sha256, file.sha256));
    if (!known) throw assetsErrors.unknown_asset();
    return { assetId: known.id, isNew: false };
  }
  const assetId = added.id;
  if (pictures.length > 0) await ctx.db.insert(derivatives).values(pictures.map((picture) => ({ assetId, ...picture })));
  await storeEmbedding(ctx, assetId, embedding);
  await rememberFingerprint(ctx, assetId, fingerprint);
  ctx.emit(assetIndexed, { assetId, brandId, type: type ?? file.type, title: file.title });
  return { assetId, isNew: true };
}

/** Keeps the vector of a work beside the name of the model that made it; another model's vector stays. */
export async function storeEmbedding(ctx: Context, assetId: string, { model, dimensions, vector }: Embedding): Promise<void> {
  const value = sql`${vector}::vector`;
  await ctx.db
    .insert(embeddings)
    .values({ assetId, model, dimensions, vector: value })
    .onConflictDoUpdate({ target: [embeddings.assetId, embeddings.model], set: { dimensions, vector: value } });
}

/** A work as this actor may see it. Errors: assets.unknown_asset, for one that is not there and one that is not shown alike. */
export async function seenAsset(ctx: Context, id: string): Promise<AssetRow> {
  const [asset] = await ctx.db.select().from(assets).where(eq(assets.id, id));
  if (!asset || !isVisibleTo(ctx.actor, asset)) throw assetsErrors.unknown_asset({ id });
  return asset;
}

/** A work on whose brand the actor holds a permission. Errors: assets.unknown_asset. */
export async function heldAsset(ctx: Context, id: string, permission: string): Promise<AssetRow> {
  const asset = await seenAsset(ctx, id);
  if (!holds(ctx.actor.rights, permission, asset.brandId)) throw assetsErrors.unknown_asset({ id });
  return asset;
}

const describedColumns = {
  assetId: assets.id,
  title: assets.title,
  type: assets.type,
  brandId: assets.brandId,
  status: assets.status,
  originalKey: assets.originalKey,
  fileName: assets.fileName,
  contentType: assets.contentType,
  size: assets.size,
};

/** What other plugins are told of works, in the order in which they asked. */
export async function describeAssets({ db }: Context, assetIds: readonly string[]): Promise<AssetDescription[]> {
  if (assetIds.length === 0) return [];
  const rows = await db
    .select(describedColumns)
    .from(assets)
    .where(inArray(assets.id, [...assetIds]));
  const byId = new Map(rows.map((row) => [row.assetId, row]));
  return assetIds.flatMap((id) => byId.get(id) ?? []);
}

/** The works in one state, the oldest first. */
export async function listAssets(
  { db }: Context,
  { status, limit }: { status: AssetStatus; limit: number },
): Promise<AssetDescription[]> {
  return db.select(describedColumns).from(assets).where(eq(assets.status, status)).orderBy(asc(assets.position)).limit(limit);
}

/** Errors: assets.unknown_asset. */
export async function setOwner(ctx: Context, assetId: string, { kind, id }: AssetOwner): Promise<void> {
  const changed = await ctx.db
    .update(assets)
    .set({ ownerKind: kind, ownerId: id ?? null, updatedAt: ctx.now })
    .where(eq(assets.id, assetId))
    .returning({ id: assets.id });
  if (changed.length === 0) throw assetsErrors.unknown_asset({ id: assetId });
}

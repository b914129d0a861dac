// Products: one work or several of one brand, and how many of them there are.
import { type Context, holds as holdsRight } from '@troupe-os/core';
import { type AssetDescription, assetsPort } from '@troupe-os/plugin-assets/contract';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { shopErrors } from './errors.ts';
import { type EDITIONS, type KINDS, productAssets, products, stock } from './schema.ts';
import { leftAt } from './stock.ts';

type Edition = (typeof EDITIONS)[number];

export interface NewProduct {
  readonly assetIds: readonly string[];
  /** Default: that of the only work. */
  readonly title?: string | undefined;
  readonly kind: (typeof KINDS)[number];
  /** Default: one of one for a stock of one, limited for more, open without a number. */
  readonly edition?: Edition | undefined;
  readonly stock?: number | undefined;
}

/**
 * Makes a product of works.
 * Errors: marketplace.unknown_asset, mixed_brands, title_needed, stock_needed, edition_differs, asset_taken.
 */
export async function addProduct(ctx: Context, permission: string, wanted: NewProduct): Promise<{ productId: string }> {
  const assets = await worksOf(ctx, permission, wanted.assetIds);
  const edition = editionOf(wanted);
  const title = wanted.title ?? (assets.length === 1 ? assets[0]?.title : undefined);
  if (title === undefined) throw shopErrors.title_needed();
  const brandId = brandOf(assets);
  const productId = crypto.randomUUID();
  if (wanted.title === undefined) {
    const keys = assets.map(({ assetId }) => assetId);
    ctx.copiesWords({ from: 'assets.assets', keys, into: ['marketplace.products'] });
  }
  await ctx.db.insert(products).values({ id: productId, brandId, title, kind: wanted.kind, edition, createdAt: ctx.now });
  await ctx.db
    .insert(productAssets)
    .values(assets.map(({ assetId }, place) => ({ productId, assetId, place, oneOfOne: edition === 'unique' })));
  await ctx.db.insert(stock).values({ productId, brandId, onHand: wanted.stock ?? null });
  return { productId };
}

/** Changes how many of a limited edition there are. Errors: marketplace.unknown_product, not_limited, stock_too_low. */
export async function changeStock(ctx: Context, permission: string, productId: string, onHand: number): Promise<void> {
  const product = await reachedProduct(ctx, permission, productId);
  if (product.edition !== 'limited') throw shopErrors.not_limited({ productId, edition: product.edition });
  const changed = await ctx.db
    .update(stock)
    .set({ onHand })
    .where(and(eq(stock.productId, productId), sql`${stock.held} + ${stock.sold} <= ${onHand}`))
    .returning({ productId: stock.productId });
  if (changed.length === 0) throw shopErrors.stock_too_low({ productId, onHand });
}

/** A product of a brand on which the caller holds the permission. Errors: marketplace.unknown_product. */
export async function reachedProduct(ctx: Context, permission: string, productId: string) {
  const [product] = await ctx.db
    .select({ ...productColumns(ctx), brandId: products.brandId })
    .from(products)
    .innerJoin(stock, eq(stock.productId, products.id))
    .where(eq(products.id, productId));
  if (!product || !holdsRight(ctx.actor.rights, permission, product.brandId)) throw shopErrors.unknown_product({ productId });
  return product;
}

/** What of a product and its stock is told. */
export function productColumns(ctx: Context) {
  return {
    productId: products.id,
    brandId: products.brandId,
    title: products.title,
    kind: products.kind,
    edition: products.edition,
    onHand: stock.onHand,
    left: leftAt(ctx.now),
  };
}

/** Adds its works to each row, and says its stock as it stands on the wire. */
export async function withWorks<T extends { productId: string; onHand: number | null; left: number | null }>(
  ctx: Context,
  rows: readonly T[],
) {
  const works = await assetIdsOf(
    ctx,
    rows.map(({ productId }) => productId),
  );
  return rows.map(({ onHand, left, ...row }) => ({
    ...row,
    assetIds: works.get(row.productId) ?? [],
    ...(onHand !== null && { stock: { left: Math.max(left ?? 0, 0), of: onHand } }),
  }));
}

/** The works of some products, in their order. */
export async function assetIdsOf(ctx: Context, productIds: readonly string[]): Promise<Map<string, string[]>> {
  if (productIds.length === 0) return new Map();
  const rows = await ctx.db
    .select({ productId: productAssets.productId, assetId: productAssets.assetId })
    .from(productAssets)
    .where(inArray(productAssets.productId, [...productIds]))
    .orderBy(productAssets.productId, productAssets.place);
  const found = new Map<string, string[]>();
  for (const { productId, assetId } of rows) found.set(productId, [...(found.get(productId) ?? []), assetId]);
  return found;
}

async function worksOf(ctx: Context, permission: string, assetIds: readonly string[]): Promise<AssetDescription[]> {
  const wanted = [...new Set(assetIds)];
  const assets = await ctx.use(assetsPort).describe(wanted);
  const reached = assets.filter(({ brandId }) => holdsRight(ctx.actor.rights, permission, brandId));
  const missing = wanted.find((id) => !reached.some(({ assetId }) => assetId === id));
  if (missing !== undefined) throw shopErrors.unknown_asset({ assetId: missing });
  return reached;
}

function brandOf(assets: readonly AssetDescription[]): string {
  const [brandId, other] = new Set(assets.map((asset) => asset.brandId));
  if (brandId === undefined || other !== undefined) throw shopErrors.mixed_brands();
  return brandId;
}

function editionOf({ kind, edition, stock: onHand }: NewProduct): Edition {
  if (onHand === undefined && (kind === 'physical' || (edition ?? 'open') !== 'open')) throw shopErrors.stock_needed();
  const suggested = onHand === undefined ? 'open' : onHand === 1 ? 'unique' : 'limited';
  const chosen = edition ?? suggested;
  if ((chosen === 'unique' && onHand !== 1) || (chosen === 'open' && onHand !== undefined)) throw shopErrors.edition_differs();
  return chosen;
}

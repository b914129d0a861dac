// Listings: a product at a price, for everybody or not yet, until it ends.
import { type Context, holds as holdsRight } from '@troupe-os/core';
import { assetsPort } from '@troupe-os/plugin-assets/contract';
import { and, eq, gt, inArray, isNull, lte, ne, or, type SQL } from 'drizzle-orm';
import { ensureSalesAccounts } from './books.ts';
import { shopErrors } from './errors.ts';
import { assetIdsOf, productColumns, reachedProduct, withWorks } from './products.ts';
import { listings, productAssets, products, stock } from './schema.ts';

/** Lists products and changes listings of a brand. */
export const WRITE_LISTINGS = 'marketplace.listing.write';
/** Reads drafts, and what has ended. */
export const READ_PRODUCTS = 'marketplace.product.read';

export interface NewListing {
  readonly productId: string;
  readonly unit: string;
  readonly price: bigint;
  readonly startsAt?: Date | undefined;
  readonly endsAt?: Date | undefined;
  readonly draft: boolean;
}

/**
 * Lists a product; unless it is a draft, its works are on sale from now on.
 * Errors: marketplace.unknown_product, no_stock, asset_not_published, bad_window, ledger.unknown_unit.
 */
export async function addListing(ctx: Context, wanted: NewListing): Promise<{ listingId: string }> {
  const { productId, unit, price, startsAt, endsAt, draft } = wanted;
  const { brandId, left } = await reachedProduct(ctx, WRITE_LISTINGS, productId);
  if (endsAt && endsAt <= (startsAt ?? ctx.now)) throw shopErrors.bad_window();
  if (left !== null && left <= 0) throw shopErrors.no_stock({ productId });
  await ensureSalesAccounts(ctx, { brandId, unit });
  const listingId = crypto.randomUUID();
  const at = { startsAt: startsAt ?? null, endsAt: endsAt ?? null, createdAt: ctx.now, updatedAt: ctx.now };
  await ctx.db.insert(listings).values({ id: listingId, productId, brandId, unit, price, state: 'draft', ...at });
  if (!draft) await putOnSale(ctx, { listingId, productId });
  return { listingId };
}

/** Puts a draft on sale. Errors: marketplace.asset_not_published, marketplace.listing_ended. */
export async function putOnSale(ctx: Context, { listingId, productId }: { listingId: string; productId: string }): Promise<void> {
  const assets = ctx.use(assetsPort);
  const assetIds = (await assetIdsOf(ctx, [productId])).get(productId) ?? [];
  const works = await assets.describe(assetIds);
  const closed = works.find(({ status }) => status !== 'published' && status !== 'on-sale');
  if (closed || works.length < assetIds.length) throw shopErrors.asset_not_published({ assetId: closed?.assetId });
  await moveListing(ctx, listingId, { from: 'draft', to: 'active' });
  for (const assetId of assetIds) await assets.changeStatus(assetId, 'on-sale');
}

/** Ends a listing for good; works that no other listing offers are off sale. Errors: marketplace.listing_ended. */
export async function takeOffSale(
  ctx: Context,
  { listingId, productId, state }: { listingId: string; productId: string; state: 'draft' | 'active' | 'ended' },
): Promise<void> {
  if (state === 'ended') throw shopErrors.listing_ended({ listingId });
  await moveListing(ctx, listingId, { from: state, to: 'ended' });
  if (state !== 'active') return;
  const assets = ctx.use(assetsPort);
  const assetIds = (await assetIdsOf(ctx, [productId])).get(productId) ?? [];
  const stillOffered = new Set(await offeredElsewhere(ctx, listingId, assetIds));
  for (const { assetId, status } of await assets.describe(assetIds)) {
    if (status === 'on-sale' && !stillOffered.has(assetId)) await assets.changeStatus(assetId, 'published');
  }
}

/** A listing of a brand on which the caller holds the permission. Errors: marketplace.unknown_listing. */
export async function reachedListing(ctx: Context, permission: string, listingId: string) {
  const listing = await findListing(ctx, listingId);
  if (!listing || !holdsRight(ctx.actor.rights, permission, listing.brandId)) throw shopErrors.unknown_listing({ listingId });
  return listing;
}

/** A listing that the caller may see: drafts are for those who work on the brand. Errors: marketplace.unknown_listing. */
export async function seenListing(ctx: Context, listingId: string) {
  const listing = await findListing(ctx, listingId);
  if (!listing || (listing.state === 'draft' && !holdsRight(ctx.actor.rights, READ_PRODUCTS, listing.brandId))) {
    throw shopErrors.unknown_listing({ listingId });
  }
  return listing;
}

/** Listings with their products, for a query to go on from. */
export function selectListings(ctx: Context) {
  return ctx.db
    .select({
      ...productColumns(ctx),
      listingId: listings.id,
      position: listings.position,
      unit: listings.unit,
      price: listings.price,
      state: listings.state,
      startsAt: listings.startsAt,
      endsAt: listings.endsAt,
    })
    .from(listings)
    .innerJoin(products, eq(products.id, listings.productId))
    .innerJoin(stock, eq(stock.productId, listings.productId));
}

export type ListingRow = Awaited<ReturnType<typeof selectListings>>[number];

/** Listings as they read on the wire. */
export async function describeListings(ctx: Context, rows: readonly ListingRow[]) {
  const described = await withWorks(ctx, rows);
  return described.map(({ position: _, startsAt, endsAt, ...row }) => ({
    ...row,
    ...(startsAt !== null && { startsAt }),
    ...(endsAt !== null && { endsAt }),
  }));
}

/** One listing as it stands now. Errors: marketplace.unknown_listing. */
export async function describeListing(ctx: Context, listingId: string) {
  const [described] = await describeListings(ctx, [await seenListing(ctx, listingId)]);
  if (!described) throw shopErrors.unknown_listing({ listingId });
  return described;
}

async function findListing(ctx: Context, listingId: string): Promise<ListingRow | undefined> {
  const [listing] = await selectListings(ctx).where(eq(listings.id, listingId));
  return listing;
}

async function moveListing(
  ctx: Context,
  listingId: string,
  { from, to }: { from: 'draft' | 'active'; to: 'active' | 'ended' },
): Promise<void> {
  const moved = await ctx.db
    .update(listings)
    .set({ state: to, updatedAt: ctx.now })
    .where(and(eq(listings.id, listingId), eq(listings.state, from)))
    .returning({ id: listings.id });
  if (moved.length === 0) throw shopErrors.listing_ended({ listingId });
}

async function offeredElsewhere(ctx: Context, listingId: string, assetIds: readonly string[]): Promise<string[]> {
  const rows = await ctx.db
    .select({ assetId: productAssets.assetId })
    .from(productAssets)
    .innerJoin(listings, eq(listings.productId, productAssets.productId))
    .where(and(inArray(productAssets.assetId, [...assetIds]), eq(listings.state, 'active'), ne(listings.id, listingId)));
  return rows.map(({ assetId }) => assetId);
}

/** The condition under which everybody may buy now. */
export function isOpenAt(now: Date): SQL | undefined {
  return and(
    eq(listings.state, 'active'),
    or(isNull(listings.startsAt), lte(listings.startsAt, now)),
    or(isNull(listings.endsAt), gt(listings.endsAt, now)),
  );
}

import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { assetId, brandSlug, listingShape } from '../fields.ts';
import { describeListings, isOpenAt, READ_PRODUCTS, selectListings } from '../listings.ts';
import { withinReach } from '../reach.ts';
import { LISTING_STATES, listings, productAssets, products } from '../schema.ts';

const newestFirst = keyset('marketplace.list-listings', { descending: [listings.position] });

export const listListings = defineAction({
  name: 'marketplace.list-listings',
  title: 'What is on sale',
  description:
    'Lists what can be bought now, newest first, with price and stock. Those who work on a brand may ask for its drafts and for what has ended.',
  effect: 'read',
  risk: 'low',
  permission: 'marketplace.listing.read',
  entries: { id: 'listingId', inputs: ['listingId'], names: ['title'], about: ['title', 'edition', 'state'] },
  http: 'GET /listings',
  input: z.strictObject({
    brandId: brandSlug.optional(),
    assetId: assetId.optional().describe('Only what offers this work.'),
    state: z.enum(LISTING_STATES).optional().describe('Default: what is open to everybody now.'),
    ...pageInput,
  }),
  output: z.strictObject({ items: z.array(z.strictObject(listingShape)), nextCursor: z.string().optional() }),
  async handler(ctx, { brandId, assetId, state, limit, cursor }) {
    const offers = ctx.db
      .select({ productId: productAssets.productId })
      .from(productAssets)
      .where(eq(productAssets.assetId, assetId ?? ''));
    const found = await selectListings(ctx)
      .where(
        and(
          state === undefined ? isOpenAt(ctx.now) : eq(listings.state, state),
          state === undefined ? undefined : withinReach(ctx, READ_PRODUCTS, products.brandId),
          brandId === undefined ? undefined : eq(products.brandId, brandId),
          assetId === undefined ? undefined : inArray(listings.productId, offers),
          newestFirst.after(cursor),
        ),
      )
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(found, limit, ({ position }) => [position]);
    return { items: await describeListings(ctx, items), ...next };
  },
});

import { defineAction, moment } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { shopErrors } from '../errors.ts';
import { listingShape, price } from '../fields.ts';
import { describeListing, reachedListing, WRITE_LISTINGS } from '../listings.ts';
import { listings } from '../schema.ts';

export const updateListing = defineAction({
  name: 'marketplace.update-listing',
  title: 'Change a price',
  description: 'Changes the price of a listing, or when it ends. Orders that were placed keep theirs.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: WRITE_LISTINGS,
  resource: { table: 'marketplace.listings', key: 'listingId' },
  input: z.strictObject({
    listingId: z.uuid(),
    price: price.optional(),
    endsAt: moment.optional().describe('Until when it can be bought.'),
  }),
  output: z.strictObject(listingShape),
  async handler(ctx, { listingId, price, endsAt }) {
    if (price === undefined && endsAt === undefined) throw shopErrors.nothing_to_change();
    const { state } = await reachedListing(ctx, WRITE_LISTINGS, listingId);
    if (state === 'ended') throw shopErrors.listing_ended({ listingId });
    if (endsAt && endsAt <= ctx.now) throw shopErrors.bad_window();
    const changed = { ...(price !== undefined && { price }), ...(endsAt && { endsAt }), updatedAt: ctx.now };
    await ctx.db.update(listings).set(changed).where(eq(listings.id, listingId));
    return describeListing(ctx, listingId);
  },
});

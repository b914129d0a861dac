import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { shopErrors } from '../errors.ts';
import { listingShape } from '../fields.ts';
import { describeListing, putOnSale, reachedListing, WRITE_LISTINGS } from '../listings.ts';

export const openListing = defineAction({
  name: 'marketplace.open-listing',
  title: 'Put a draft on sale',
  description: 'Offers what was listed as a draft to everybody from now on.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: WRITE_LISTINGS,
  resource: { table: 'marketplace.listings', key: 'listingId' },
  input: z.strictObject({ listingId: z.uuid() }),
  output: z.strictObject(listingShape),
  async handler(ctx, { listingId }) {
    const listing = await reachedListing(ctx, WRITE_LISTINGS, listingId);
    if (listing.state === 'ended') throw shopErrors.listing_ended({ listingId });
    if (listing.state === 'draft') await putOnSale(ctx, listing);
    return describeListing(ctx, listingId);
  },
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { listingShape } from '../fields.ts';
import { describeListing, reachedListing, takeOffSale, WRITE_LISTINGS } from '../listings.ts';

export const endListing = defineAction({
  name: 'marketplace.end-listing',
  title: 'Take a listing off sale',
  description: 'Ends a listing for good. Works that nothing else offers are off sale; orders that were placed stay as they are.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: WRITE_LISTINGS,
  resource: { table: 'marketplace.listings', key: 'listingId' },
  input: z.strictObject({ listingId: z.uuid() }),
  output: z.strictObject(listingShape),
  async handler(ctx, { listingId }) {
    await takeOffSale(ctx, await reachedListing(ctx, WRITE_LISTINGS, listingId));
    return describeListing(ctx, listingId);
  },
});

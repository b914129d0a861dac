import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { listingShape } from '../fields.ts';
import { describeListing } from '../listings.ts';

export const getListing = defineAction({
  name: 'marketplace.get-listing',
  title: 'One listing',
  description: 'Says what is offered, at which price, and how many are left.',
  effect: 'read',
  risk: 'low',
  permission: 'marketplace.listing.read',
  http: 'GET /listings/{listingId}',
  input: z.strictObject({ listingId: z.uuid() }),
  output: z.strictObject(listingShape),
  handler: (ctx, { listingId }) => describeListing(ctx, listingId),
});

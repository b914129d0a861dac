import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { listingShape, price, unitCode } from '../fields.ts';
import { addListing, describeListing, WRITE_LISTINGS } from '../listings.ts';

const UNDO_SECONDS = 24 * 60 * 60;

export const createListing = defineAction({
  name: 'marketplace.create-listing',
  title: 'Put a product on sale',
  description:
    'Offers a product to everybody at a price, for good or for a while. Its works must be published, and there must be something left of it.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: WRITE_LISTINGS,
  input: z.strictObject({
    productId: z.uuid(),
    unit: unitCode,
    price,
    startsAt: moment.optional().describe('From when it can be bought; default: now.'),
    endsAt: moment.optional().describe('Until when; default: until it is ended.'),
    draft: z.boolean().default(false).describe('Prepares it only; marketplace.open-listing puts it on sale.'),
  }),
  output: z.strictObject(listingShape),
  undo: {
    action: 'marketplace.end-listing',
    withinSeconds: UNDO_SECONDS,
    input: (_input, { listingId }) => ({ listingId }),
  },
  async handler(ctx, input) {
    const { listingId } = await addListing(ctx, input);
    return describeListing(ctx, listingId);
  },
});

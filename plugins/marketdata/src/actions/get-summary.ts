import { amount, defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { assetName } from '../fields.ts';
import { summarise } from '../summary.ts';

const priceThen = z.strictObject({ amount, at: moment, sourceId: z.string() });
const salesIn = z.strictObject({
  sales: z.int(),
  median: amount.optional().describe('Of an even number of sales the lower of the two in the middle: a price that was paid.'),
});

export const getSummary = defineAction({
  name: 'marketdata.get-summary',
  title: 'Prices of something',
  description:
    'Says of a work, a token or a collection, in each unit by itself: the last sale, the floor, and how many sales there were at which median in the last days, against as many days before. Units are never added up or compared.',
  effect: 'read',
  risk: 'low',
  permission: 'marketdata.quote.read',
  input: z.strictObject({
    asset: assetName,
    days: z.int().min(1).max(365).default(30).describe('How long the window is that ends now.'),
  }),
  output: z.strictObject({
    asset: z.string(),
    days: z.int(),
    items: z.array(
      z.strictObject({
        unit: z.string(),
        lastSale: priceThen.optional(),
        floor: priceThen.optional().describe('The lowest that any source asks, and since when it is so.'),
        window: salesIn,
        before: salesIn,
        changeBasisPoints: z
          .int()
          .optional()
          .describe('Of the median against the one before, in hundredths of a per cent: 1250 is 12.5 % more.'),
      }),
    ),
  }),
  handler: async (ctx, { asset, days }) => ({ asset, days, items: await summarise(ctx, { asset, days }) }),
});

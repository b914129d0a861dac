import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assetId, oneLine } from '../fields.ts';
import { addProduct } from '../products.ts';
import { EDITIONS, KINDS } from '../schema.ts';

export const createProduct = defineAction({
  name: 'marketplace.create-product',
  title: 'Make a product',
  description:
    'Makes something that can be sold out of one work or several of one brand, and says how many there are. marketplace.create-listing then puts it on sale.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketplace.product.write',
  input: z.strictObject({
    assetIds: z.array(assetId).min(1).max(50),
    title: oneLine(200).optional().describe('Default: that of the only work.'),
    kind: z.enum(KINDS).default('digital').describe('Digital is delivered by a download link, physical by post.'),
    stock: z.int().min(1).max(1_000_000).optional().describe('How many there are; left out: a digital edition without a limit.'),
    edition: z.enum(EDITIONS).optional().describe('Default: unique for a stock of one, limited for more, open without a stock.'),
  }),
  output: z.strictObject({ productId: z.uuid() }),
  handler: (ctx, input) => addProduct(ctx, 'marketplace.product.write', input),
});

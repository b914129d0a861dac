import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { changeStock } from '../products.ts';

export const setStock = defineAction({
  name: 'marketplace.set-stock',
  title: 'Change the stock of a product',
  description: 'Says how many of a limited edition there are in all: no fewer than are sold or held already.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketplace.product.write',
  resource: { table: 'marketplace.stock', key: 'productId' },
  input: z.strictObject({ productId: z.uuid(), onHand: z.int().min(0).max(1_000_000) }),
  output: z.strictObject({ productId: z.uuid(), onHand: z.int() }),
  async handler(ctx, { productId, onHand }) {
    await changeStock(ctx, 'marketplace.product.write', productId, onHand);
    return { productId, onHand };
  },
});

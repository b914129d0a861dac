import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { reachedProduct } from '../products.ts';
import { setAside } from '../stock.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

export const holdStock = defineAction({
  name: 'marketplace.hold-stock',
  title: 'Put something aside',
  description: 'Holds some of a product for somebody who is about to buy it: marketplace.buy takes it with the id of the hold.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketplace.stock.hold',
  input: z.strictObject({
    productId: z.uuid(),
    quantity: z.int().min(1).max(100).default(1),
    minutes: z.int().min(1).max(DAY_MINUTES).default(15).describe('For how long.'),
  }),
  output: z.strictObject({ holdId: z.uuid(), expiresAt: moment }),
  async handler(ctx, { productId, quantity, minutes }) {
    const { brandId } = await reachedProduct(ctx, 'marketplace.stock.hold', productId);
    const expiresAt = new Date(ctx.now.getTime() + minutes * MINUTE_MS);
    return { holdId: await setAside(ctx, { productId, brandId, quantity, expiresAt }), expiresAt };
  },
});

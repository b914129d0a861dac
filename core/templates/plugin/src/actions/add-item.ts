import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { itemAdded } from '../contract.ts';
import { items } from '../schema.ts';

export const addItem = defineAction({
  name: 'sample.add-item',
  title: 'Add an item',
  description: 'Adds an item under a title that no other item has.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'sample.item.write',
  input: z.strictObject({
    title: z.string().trim().min(1).max(200).describe('What the item is called.'),
  }),
  output: z.strictObject({ itemId: z.uuid() }),
  async handler(ctx, { title }) {
    const itemId = crypto.randomUUID();
    await ctx.db.insert(items).values({ id: itemId, title, createdAt: ctx.now });
    ctx.emit(itemAdded, { itemId, title });
    return { itemId };
  },
});

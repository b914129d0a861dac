import { defineAction } from '@troupe-os/core';
import { asc, gt } from 'drizzle-orm';
import { z } from 'zod';
import { items } from '../schema.ts';

export const listItems = defineAction({
  name: 'sample.list-items',
  title: 'List items',
  description: 'Lists the items by title.',
  effect: 'read',
  risk: 'low',
  permission: 'sample.item.read',
  input: z.strictObject({
    limit: z.int().min(1).max(100).default(20).describe('How many to answer at most.'),
    cursor: z.string().optional().describe('The nextCursor of the answer before.'),
  }),
  output: z.strictObject({
    items: z.array(z.strictObject({ itemId: z.uuid(), title: z.string() })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const found = await ctx.db
      .select({ itemId: items.id, title: items.title })
      .from(items)
      .where(cursor === undefined ? undefined : gt(items.title, cursor))
      .orderBy(asc(items.title))
      .limit(limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return found.length > limit && last ? { items: page, nextCursor: last.title } : { items: page };
  },
});

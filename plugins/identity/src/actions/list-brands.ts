import { defineAction } from '@troupe-os/core';
import { asc, gt } from 'drizzle-orm';
import { z } from 'zod';
import { cutPage, readText } from '../pages.ts';
import { brands } from '../schema.ts';
import { cursor, limit } from '../shapes.ts';

export const listBrands = defineAction({
  name: 'identity.list-brands',
  title: 'Brands',
  description: 'Lists the brands of the company, by their ids in order.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.brand.read',
  input: z.strictObject({ limit, cursor }),
  output: z.strictObject({
    items: z.array(z.strictObject({ brandId: z.string(), name: z.string() })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const after = cursor === undefined ? undefined : readText(cursor);
    const rows = await ctx.db
      .select({ brandId: brands.id, name: brands.name })
      .from(brands)
      .where(after === undefined ? undefined : gt(brands.id, after))
      .orderBy(asc(brands.id))
      .limit(limit + 1);
    return cutPage(rows, limit, (row) => [row.brandId]);
  },
});

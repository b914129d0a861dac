import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { z } from 'zod';
import { brands } from '../schema.ts';

const byId = keyset('identity.list-brands', { ascending: [brands.id] });

export const listBrands = defineAction({
  name: 'identity.list-brands',
  title: 'Brands',
  description: 'Lists the brands of the company, by their ids in order.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.brand.read',
  entries: { id: 'brandId', inputs: ['brandId'], names: ['name'] },
  input: z.strictObject(pageInput),
  output: z.strictObject({
    items: z.array(z.strictObject({ brandId: z.string(), name: z.string() })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const rows = await ctx.db
      .select({ brandId: brands.id, name: brands.name })
      .from(brands)
      .where(byId.after(cursor))
      .orderBy(...byId.order)
      .limit(limit + 1);
    return byId.page(rows, limit, (row) => [row.brandId]);
  },
});

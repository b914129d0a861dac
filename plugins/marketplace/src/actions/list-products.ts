import { defineAction } from '@troupe-os/core';
import { and, desc, eq, lt } from 'drizzle-orm';
import { z } from 'zod';
import { brandSlug, productShape } from '../fields.ts';
import { READ_PRODUCTS } from '../listings.ts';
import { decodeCursor, page, pageInput } from '../paging.ts';
import { productColumns, withWorks } from '../products.ts';
import { withinReach } from '../reach.ts';
import { products, stock } from '../schema.ts';

export const listProducts = defineAction({
  name: 'marketplace.list-products',
  title: 'Products',
  description: 'Lists what the brands have made ready to sell, newest first, with its stock.',
  effect: 'read',
  risk: 'low',
  permission: READ_PRODUCTS,
  input: z.strictObject({ brandId: brandSlug.optional(), ...pageInput }),
  output: z.strictObject({ items: z.array(z.strictObject(productShape)), nextCursor: z.string().optional() }),
  async handler(ctx, { brandId, limit, cursor }) {
    const found = await ctx.db
      .select({ ...productColumns(ctx), position: products.position })
      .from(products)
      .innerJoin(stock, eq(stock.productId, products.id))
      .where(
        and(
          withinReach(ctx, READ_PRODUCTS, products.brandId),
          brandId === undefined ? undefined : eq(products.brandId, brandId),
          cursor === undefined ? undefined : lt(products.position, decodeCursor(cursor)),
        ),
      )
      .orderBy(desc(products.position))
      .limit(limit + 1);
    const { rows, ...next } = page(found, limit, ({ position }) => position);
    const items = await withWorks(ctx, rows);
    return { items: items.map(({ position: _, ...item }) => item), ...next };
  },
});

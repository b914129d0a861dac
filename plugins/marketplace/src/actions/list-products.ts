import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { brandSlug, productShape } from '../fields.ts';
import { READ_PRODUCTS } from '../listings.ts';
import { productColumns, withWorks } from '../products.ts';
import { withinReach } from '../reach.ts';
import { products, stock } from '../schema.ts';

const newestFirst = keyset('marketplace.list-products', { descending: [products.position] });

export const listProducts = defineAction({
  name: 'marketplace.list-products',
  title: 'Products',
  description: 'Lists what the brands have made ready to sell, newest first, with its stock.',
  effect: 'read',
  risk: 'low',
  permission: READ_PRODUCTS,
  entries: { id: 'productId', inputs: ['productId'], names: ['title'], about: ['title', 'edition'] },
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
          newestFirst.after(cursor),
        ),
      )
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(found, limit, ({ position }) => [position]);
    const shown = await withWorks(ctx, items);
    return { items: shown.map(({ position: _, ...item }) => item), ...next };
  },
});

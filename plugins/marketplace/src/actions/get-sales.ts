import { amount, defineAction, moment } from '@troupe-os/core';
import { and, count, eq, gte, inArray, sum } from 'drizzle-orm';
import { z } from 'zod';
import { brandSlug } from '../fields.ts';
import { READ_ORDERS } from '../orders.ts';
import { withinReach } from '../reach.ts';
import { orders } from '../schema.ts';

export const getSales = defineAction({
  name: 'marketplace.get-sales',
  title: 'Sales',
  description: 'Adds up what was sold and not refunded, by unit: the number of orders and their revenue.',
  effect: 'read',
  risk: 'low',
  permission: READ_ORDERS,
  input: z.strictObject({
    brandId: brandSlug.optional(),
    from: moment.optional().describe('Only orders placed at this moment or later.'),
  }),
  output: z.strictObject({ items: z.array(z.strictObject({ revenue: amount, unit: z.string(), orders: z.int() })) }),
  async handler(ctx, { brandId, from }) {
    const rows = await ctx.db
      .select({ unit: orders.unit, revenue: sum(orders.total), orders: count() })
      .from(orders)
      .where(
        and(
          inArray(orders.state, ['paid', 'fulfilled']),
          withinReach(ctx, READ_ORDERS, orders.brandId),
          brandId === undefined ? undefined : eq(orders.brandId, brandId),
          from && gte(orders.placedAt, from),
        ),
      )
      .groupBy(orders.unit)
      .orderBy(orders.unit);
    return { items: rows.map(({ revenue, ...row }) => ({ ...row, revenue: BigInt(revenue ?? 0) })) };
  },
});

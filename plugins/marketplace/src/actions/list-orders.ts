import { coreErrors, defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq, or } from 'drizzle-orm';
import { z } from 'zod';
import { brandSlug } from '../fields.ts';
import { describeOrders, orderAnswer, READ_ORDERS } from '../orders.ts';
import { signedInBuyer, withinReach } from '../reach.ts';
import { ORDER_STATES, orders } from '../schema.ts';

const newestFirst = keyset('marketplace.list-orders', { descending: [orders.number] });

export const listOrders = defineAction({
  name: 'marketplace.list-orders',
  title: 'Orders',
  description: 'Lists orders, newest first: those of the brands that you work on, and your own.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'low',
  permission: 'marketplace.order.track',
  entries: { id: 'orderId', inputs: ['orderId'], names: ['number'], about: ['number', 'state'] },
  input: z.strictObject({
    brandId: brandSlug.optional(),
    state: z.enum(ORDER_STATES).optional(),
    mine: z.boolean().default(false).describe('Only what you bought yourself.'),
    ...pageInput,
  }),
  output: z.strictObject({ items: z.array(orderAnswer), nextCursor: z.string().optional() }),
  async handler(ctx, { brandId, state, mine, limit, cursor }) {
    const buyer = signedInBuyer(ctx);
    if (buyer === undefined) throw coreErrors.unauthenticated();
    const isOwn = eq(orders.buyerId, buyer);
    const inReach = withinReach(ctx, READ_ORDERS, orders.brandId);
    const shown = mine ? isOwn : inReach && or(isOwn, inReach);
    const found = await ctx.db
      .select()
      .from(orders)
      .where(
        and(
          shown,
          brandId === undefined ? undefined : eq(orders.brandId, brandId),
          state && eq(orders.state, state),
          newestFirst.after(cursor),
        ),
      )
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(found, limit, ({ number }) => [number]);
    return { items: await describeOrders(ctx, items), ...next };
  },
});

import { defineAction } from '@troupe-os/core';
import { eq, sum } from 'drizzle-orm';
import { z } from 'zod';
import { points } from '../schema.ts';

export const getBalance = defineAction({
  name: 'loyalty.get-balance',
  title: 'Loyalty points of a customer',
  description: 'Says how many loyalty points the signed-in customer has earned so far.',
  effect: 'read',
  risk: 'low',
  permission: 'loyalty.balance.read',
  input: z.strictObject({}),
  output: z.strictObject({ points: z.int() }),
  async handler(ctx) {
    const [row] = await ctx.db
      .select({ total: sum(points.points) })
      .from(points)
      .where(eq(points.customerId, ctx.actor.id));
    return { points: Number(row?.total ?? 0) };
  },
});

import { defineAction, personOf } from '@troupe-os/core';
import { count, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { marketdataErrors } from '../errors.ts';
import { assetName, kind, price, unitCode } from '../fields.ts';
import { DIRECTIONS, watches } from '../schema.ts';

const MOST_WATCHES = 500;

export const addWatch = defineAction({
  name: 'marketdata.add-watch',
  title: 'Watch a price',
  description:
    'Has a price watched: when a new quote of something is below or above an amount, it is listed as an opportunity and the event marketdata.watch-met goes out. What happened before is no news.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketdata.watch.write',
  input: z.strictObject({
    asset: assetName,
    kind,
    direction: z.enum(DIRECTIONS).describe('below: less than the amount; above: more than it.'),
    amount: price,
    unit: unitCode,
  }),
  output: z.strictObject({ watchId: z.uuid() }),
  async handler(ctx, wanted) {
    // those who add at once stand in line
    await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended('marketdata.watches', 0))`);
    const [held] = await ctx.db.select({ many: count() }).from(watches).where(isNull(watches.removedAt));
    if ((held?.many ?? 0) >= MOST_WATCHES) throw marketdataErrors.too_many_watches({ most: MOST_WATCHES });
    const id = crypto.randomUUID();
    await ctx.db.insert(watches).values({ id, ...wanted, personId: personOf(ctx), createdAt: ctx.now });
    return { watchId: id };
  },
});

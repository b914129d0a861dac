import { defineAction } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { marketdataErrors } from '../errors.ts';
import { watches } from '../schema.ts';

export const removeWatch = defineAction({
  name: 'marketdata.remove-watch',
  title: 'Watch a price no more',
  description: 'Ends a watch, whoever asked for it. What it has found stays listed.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketdata.watch.write',
  input: z.strictObject({ watchId: z.uuid().describe('As marketdata.list-watches names it.') }),
  output: z.strictObject({}),
  async handler(ctx, { watchId }) {
    const removed = await ctx.db
      .update(watches)
      .set({ removedAt: ctx.now })
      .where(and(eq(watches.id, watchId), isNull(watches.removedAt)))
      .returning({ id: watches.id });
    if (removed.length === 0) throw marketdataErrors.unknown_watch({ watchId });
    return {};
  },
});

import { defineAction, personOf } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { marketdataErrors } from '../errors.ts';
import { opportunities } from '../schema.ts';

export const dismissOpportunity = defineAction({
  name: 'marketdata.dismiss-opportunity',
  title: 'Dismiss an opportunity',
  description: 'Takes an opportunity off the list. Its watch goes on.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketdata.watch.write',
  input: z.strictObject({ opportunityId: z.uuid().describe('As marketdata.list-opportunities names it.') }),
  output: z.strictObject({}),
  async handler(ctx, { opportunityId }) {
    const dismissed = await ctx.db
      .update(opportunities)
      .set({ dismissedAt: ctx.now, dismissedBy: personOf(ctx) })
      .where(and(eq(opportunities.id, opportunityId), isNull(opportunities.dismissedAt)))
      .returning({ id: opportunities.id });
    if (dismissed.length === 0) throw marketdataErrors.unknown_opportunity({ opportunityId });
    return {};
  },
});

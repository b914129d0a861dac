import { amount, defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { quoteShape, toQuote } from '../fields.ts';
import { DIRECTIONS, opportunities, quotes, watches } from '../schema.ts';

const newestFirst = keyset('marketdata.list-opportunities', { descending: [opportunities.position] });

export const listOpportunities = defineAction({
  name: 'marketdata.list-opportunities',
  title: 'Opportunities',
  description: 'Lists what has met a watched price and was not dismissed, the newest first, with the quote that met it.',
  effect: 'read',
  risk: 'low',
  permission: 'marketdata.quote.read',
  entries: { id: 'opportunityId', inputs: ['opportunityId'], names: [], about: ['foundAt'] },
  input: z.strictObject(pageInput),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        opportunityId: z.uuid(),
        watch: z.strictObject({
          watchId: z.uuid(),
          asset: z.string(),
          direction: z.enum(DIRECTIONS),
          amount,
          personId: z.string(),
        }),
        quote: quoteShape,
        quotes: z.int().describe('How many quotes of that reading met it; this is the last of them.'),
        foundAt: moment,
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const rows = await ctx.db
      .select({ opportunity: opportunities, watch: watches, quote: quotes })
      .from(opportunities)
      .innerJoin(watches, eq(watches.id, opportunities.watchId))
      .innerJoin(quotes, eq(quotes.id, opportunities.quoteId))
      .where(and(isNull(opportunities.dismissedAt), newestFirst.after(cursor)))
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, ({ opportunity }) => [opportunity.position]);
    const told = items.map(({ opportunity: { id, quotes: many, foundAt }, watch, quote }) => ({
      opportunityId: id,
      watch: {
        watchId: watch.id,
        asset: watch.asset,
        direction: watch.direction,
        amount: watch.amount,
        personId: watch.personId,
      },
      quote: toQuote(quote),
      quotes: many,
      foundAt,
    }));
    return { items: told, ...next };
  },
});

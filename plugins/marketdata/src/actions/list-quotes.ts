import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { assetName, kind, quoteShape, sourceId, toQuote, unitCode } from '../fields.ts';
import { quotes } from '../schema.ts';
import { isOf } from '../watches.ts';

const latestFirst = keyset('marketdata.list-quotes', { descending: [quotes.at, quotes.position] });

export const listQuotes = defineAction({
  name: 'marketdata.list-quotes',
  title: 'Quotes',
  description: 'Lists what things were sold or offered for, the latest first, with where each was read.',
  effect: 'read',
  risk: 'low',
  permission: 'marketdata.quote.read',
  input: z.strictObject({
    asset: assetName.optional(),
    kind: kind.optional(),
    unit: unitCode.optional(),
    sourceId: sourceId.optional(),
    ...pageInput,
  }),
  output: z.strictObject({ items: z.array(quoteShape), nextCursor: z.string().optional() }),
  async handler(ctx, { asset, kind, unit, sourceId, limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(quotes)
      .where(
        and(
          asset === undefined ? undefined : isOf(asset),
          kind && eq(quotes.kind, kind),
          unit === undefined ? undefined : eq(quotes.unit, unit),
          sourceId === undefined ? undefined : eq(quotes.sourceId, sourceId),
          latestFirst.after(cursor),
        ),
      )
      .orderBy(...latestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = latestFirst.page(rows, limit, ({ at, position }) => [at, position]);
    return { items: items.map(toQuote), ...next };
  },
});

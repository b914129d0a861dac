import { amount, defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { kind } from '../fields.ts';
import { DIRECTIONS, watches } from '../schema.ts';

const newestFirst = keyset('marketdata.list-watches', { descending: [watches.position] });

export const listWatches = defineAction({
  name: 'marketdata.list-watches',
  title: 'Watched prices',
  description: 'Lists the prices that are watched, the newest first, and who asked for it.',
  effect: 'read',
  risk: 'low',
  permission: 'marketdata.quote.read',
  entries: { id: 'watchId', inputs: ['watchId'], names: [], about: ['asset', 'kind', 'direction'] },
  input: z.strictObject(pageInput),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        watchId: z.uuid(),
        asset: z.string(),
        kind,
        direction: z.enum(DIRECTIONS),
        amount,
        unit: z.string(),
        personId: z.string(),
        createdAt: moment,
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(watches)
      .where(and(isNull(watches.removedAt), newestFirst.after(cursor)))
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, ({ position }) => [position]);
    return { items: items.map(({ id, position: _, removedAt: __, ...watch }) => ({ watchId: id, ...watch })), ...next };
  },
});

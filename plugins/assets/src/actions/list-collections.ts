import { type Context, defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, count, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { assets, collectionItems, collections } from '../schema.ts';
import { visibleCollections, visibleTo } from '../visibility.ts';
import { brandId } from '../wire.ts';

const newestFirst = keyset('assets.list-collections', { descending: [collections.position] });

export const listCollections = defineAction({
  name: 'assets.list-collections',
  title: 'List collections',
  description: 'The collections that the caller sees something of, the newest first, with how many works of each are seen.',
  effect: 'read',
  risk: 'low',
  permission: 'assets.catalogue.read',
  entries: { id: 'id', inputs: ['collection', 'assets.add-to-collection.id'], names: ['title'] },
  input: z.strictObject({ brandId: brandId.optional(), ...pageInput }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({ id: z.string(), title: z.string(), description: z.string(), brandId: z.string(), works: z.int() }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { brandId, limit, cursor }) {
    const { id, title, description, position } = collections;
    const found = await ctx.db
      .select({ id, title, description, brandId: collections.brandId, position })
      .from(collections)
      .where(
        and(
          visibleCollections(ctx.actor),
          brandId === undefined ? undefined : eq(collections.brandId, brandId),
          newestFirst.after(cursor),
        ),
      )
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...rest } = newestFirst.page(found, limit, (last) => [last.position]);
    const works = await countWorks(
      ctx,
      items.map((row) => row.id),
    );
    return { items: items.map(({ position: _, ...shown }) => ({ ...shown, works: works.get(shown.id) ?? 0 })), ...rest };
  },
});

async function countWorks(ctx: Context, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const counted = await ctx.db
    .select({ id: collectionItems.collectionId, works: count() })
    .from(collectionItems)
    .innerJoin(assets, eq(assets.id, collectionItems.assetId))
    .where(and(inArray(collectionItems.collectionId, [...ids]), visibleTo(ctx.actor)))
    .groupBy(collectionItems.collectionId);
  return new Map(counted.map(({ id, works }) => [id, works]));
}

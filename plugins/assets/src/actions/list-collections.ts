import { type Context, defineAction } from '@troupe-os/core';
import { and, count, desc, eq, inArray, lt } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, page } from '../cursor.ts';
import { assets, collectionItems, collections } from '../schema.ts';
import { visibleCollections, visibleTo } from '../visibility.ts';
import { brandId, limit } from '../wire.ts';

export const listCollections = defineAction({
  name: 'assets.list-collections',
  title: 'List collections',
  description: 'The collections that the caller sees something of, the newest first, with how many works of each are seen.',
  effect: 'read',
  risk: 'low',
  permission: 'assets.catalogue.read',
  input: z.strictObject({ brandId: brandId.optional(), limit, cursor: z.string().max(64).optional() }),
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
          cursor === undefined ? undefined : lt(position, decodeCursor(cursor)),
        ),
      )
      .orderBy(desc(position))
      .limit(limit + 1);
    const { rows, ...rest } = page(found, limit, (last) => last.position);
    const works = await countWorks(
      ctx,
      rows.map((row) => row.id),
    );
    return { items: rows.map(({ position: _, ...shown }) => ({ ...shown, works: works.get(shown.id) ?? 0 })), ...rest };
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

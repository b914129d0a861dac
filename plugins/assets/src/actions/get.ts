import { defineAction, holds, moment } from '@troupe-os/core';
import { and, asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { assetCard, cardOf } from '../card.ts';
import { historyOf } from '../history.ts';
import { likenessesOf } from '../likenesses.ts';
import { collectionItems, collections } from '../schema.ts';
import { isOwner, READ_ALL, visibleCollections } from '../visibility.ts';
import { assetId } from '../wire.ts';
import { seenAsset } from '../works.ts';

const measure = z.enum(['perceptual', 'mirrored', 'acoustic', 'visual']);

export const get = defineAction({
  name: 'assets.get',
  title: 'One work',
  description:
    'All that is known of one work: what was measured of its file, its pictures and waveform, works like it, and its history.',
  effect: 'read',
  risk: 'low',
  permission: 'assets.catalogue.read',
  input: z.strictObject({ id: assetId }),
  output: z.strictObject({
    ...assetCard.shape,
    file: z
      .strictObject({ name: z.string(), size: z.int().describe('Bytes.'), sha256: z.string() })
      .optional()
      .describe('The original, for its owner and for those who work on the brand.'),
    owner: z.strictObject({ kind: z.enum(['user', 'customer', 'company']), id: z.string().optional() }).optional(),
    collections: z.array(z.strictObject({ id: z.string(), title: z.string() })),
    likenesses: z
      .array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          kind: z.enum(['same', 'near', 'similar']).describe('The same in another file, an edited copy, or alike.'),
          measure,
          distance: z.number().describe('0 is equal, 1 is nothing in common.'),
        }),
      )
      .optional(),
    history: z
      .array(
        z.strictObject({
          at: moment,
          callId: z.string(),
          action: z.string(),
          actor: z.string(),
          fields: z.array(z.strictObject({ field: z.string(), before: z.string().optional(), after: z.string().optional() })),
        }),
      )
      .optional(),
  }),
  async handler(ctx, { id }) {
    const asset = await seenAsset(ctx, id);
    const { rights } = ctx.actor;
    const isStaff = holds(rights, READ_ALL, asset.brandId);
    const card = await cardOf(ctx, id);
    const within = await ctx.db
      .select({ id: collections.id, title: collections.title })
      .from(collectionItems)
      .innerJoin(collections, eq(collections.id, collectionItems.collectionId))
      .where(and(eq(collectionItems.assetId, id), visibleCollections(ctx.actor)))
      .orderBy(asc(collections.title));
    return {
      ...card,
      facts: asset.facts,
      collections: within,
      ...((isStaff || isOwner(ctx.actor, asset)) && { file: { name: asset.fileName, size: asset.size, sha256: asset.sha256 } }),
      ...(isStaff && {
        owner: { kind: asset.ownerKind, ...(asset.ownerId !== null && { id: asset.ownerId }) },
        likenesses: await likenessesOf(ctx.db, id, ctx.actor),
      }),
      ...(holds(rights, 'assets.history.read', asset.brandId) && { history: await historyOf(ctx, id) }),
    };
  },
});

import { defineAction, holds } from '@troupe-os/core';
import { z } from 'zod';
import { assetsErrors } from '../errors.ts';
import { collections } from '../schema.ts';
import { brandId, title } from '../wire.ts';

export const createCollection = defineAction({
  name: 'assets.create-collection',
  title: 'Create a collection',
  description: 'Starts a collection of a brand: a series, an album, a room of a show.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'assets.asset.write',
  input: z.strictObject({ brandId, title, description: z.string().max(2_000).default('') }),
  output: z.strictObject({ id: z.string() }),
  async handler(ctx, { brandId, title, description }) {
    if (!holds(ctx.actor.rights, 'assets.asset.write', brandId)) throw assetsErrors.unknown_brand({ brandId });
    await ctx.assertBrand(brandId);
    const id = crypto.randomUUID();
    await ctx.db.insert(collections).values({ id, brandId, title, description, createdAt: ctx.now });
    return { id };
  },
});

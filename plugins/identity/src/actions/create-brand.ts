import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assertCompanyWide } from '../rights.ts';
import { brands } from '../schema.ts';
import { brandId, personName } from '../shapes.ts';

export const createBrand = defineAction({
  name: 'identity.create-brand',
  title: 'Add a brand',
  description: 'Adds a brand: a part of the company that has its own accounts and reports, and people with roles on it alone.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.brand.create',
  input: z.strictObject({ brandId: brandId.describe('A slug that stays, like "zig-zag".'), name: personName }),
  output: z.strictObject({ brandId: z.string() }),
  async handler(ctx, { brandId, name }) {
    assertCompanyWide(ctx, 'identity.brand.create');
    await ctx.db.insert(brands).values({ id: brandId, name, createdAt: ctx.now });
    return { brandId };
  },
});

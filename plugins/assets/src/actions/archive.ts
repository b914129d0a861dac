import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assetCard, cardOf } from '../card.ts';
import { archiveAsset } from '../status.ts';
import { assetId } from '../wire.ts';
import { heldAsset } from '../works.ts';

export const archive = defineAction({
  name: 'assets.archive',
  title: 'Archive a work',
  description: 'Takes a work out of the sight of guests and customers, for good. What is on sale cannot be archived.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'assets.asset.publish',
  resource: { table: 'assets.assets', key: 'id' },
  input: z.strictObject({ id: assetId }),
  output: assetCard,
  async handler(ctx, { id }) {
    await heldAsset(ctx, id, 'assets.asset.publish');
    await archiveAsset(ctx, id);
    return cardOf(ctx, id);
  },
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assetCard, cardOf } from '../card.ts';
import { publishAsset } from '../status.ts';
import { assetId } from '../wire.ts';
import { heldAsset } from '../works.ts';

export const publish = defineAction({
  name: 'assets.publish',
  title: 'Publish a work',
  description: 'Opens a work that was imported to everybody: from then on guests find it and see its pictures.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'assets.asset.publish',
  resource: { table: 'assets.assets', key: 'id' },
  input: z.strictObject({ id: assetId }),
  output: assetCard,
  async handler(ctx, { id }) {
    await heldAsset(ctx, id, 'assets.asset.publish');
    await publishAsset(ctx, id);
    return cardOf(ctx, id);
  },
});

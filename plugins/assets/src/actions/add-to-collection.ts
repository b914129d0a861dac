import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { heldCollection, putInCollection } from '../collections.ts';
import { assetId } from '../wire.ts';
import { seenAsset } from '../works.ts';

export const addToCollection = defineAction({
  name: 'assets.add-to-collection',
  title: 'Add works to a collection',
  description: 'Puts works into a collection, in the order given. What is in it already stays where it is.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'assets.asset.write',
  resource: { table: 'assets.collections', key: 'id' },
  input: z.strictObject({
    id: z.string().min(1).max(64).describe('The id of the collection.'),
    assetIds: z.array(assetId).min(1).max(500),
  }),
  output: z.strictObject({ added: z.int() }),
  async handler(ctx, { id, assetIds }) {
    await heldCollection(ctx, id, 'assets.asset.write');
    const once = [...new Set(assetIds)];
    for (const one of once) await seenAsset(ctx, one);
    return { added: await putInCollection(ctx, id, once) };
  },
});

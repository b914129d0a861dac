import { coreErrors, defineAction, type Tools } from '@troupe-os/core';
import { embedText } from '@troupe-os/core/search';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { assetCard, cardOf } from '../card.ts';
import { ASSET_TYPES } from '../contract.ts';
import { assetsErrors } from '../errors.ts';
import { type AssetRow, assets } from '../schema.ts';
import { searchText } from '../search-text.ts';
import { assetId, description, tags, title } from '../wire.ts';
import { heldAsset, storeEmbedding } from '../works.ts';

const changes = z.strictObject({
  title: title.optional(),
  description: description.optional(),
  tags: tags.optional().describe('All tags that it is to have: others are taken off.'),
  type: z.enum(ASSET_TYPES).optional(),
});
type Changes = z.output<typeof changes>;

const DAY_SECONDS = 86_400;

export const update = defineAction({
  name: 'assets.update',
  title: 'Change a work',
  description: 'Changes the title, description, tags or type of a work, and what it is found by.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'assets.asset.write',
  resource: { table: 'assets.assets', key: 'id' },
  input: z.strictObject({ id: assetId, ...changes.shape }),
  output: z.strictObject({ asset: assetCard, before: changes.describe('What was changed, as it was.') }),
  undo: { action: 'assets.update', withinSeconds: DAY_SECONDS, input: ({ id }, { before }) => ({ id, ...before }) },
  async prepare(tools, { id, ...changed }) {
    const [asset] = await tools.db.select().from(assets).where(eq(assets.id, id));
    return asset && reindexed(tools, asset, changed);
  },
  async handler(ctx, { id, ...changed }, prepared) {
    const asset = await heldAsset(ctx, id, 'assets.asset.write');
    const before = valuesBefore(asset, changed);
    if (Object.keys(before).length === 0) throw assetsErrors.nothing_to_change();
    const text = searchText({ ...asset, ...given(changed) });
    // somebody changed it while its words were being measured
    if (prepared?.text !== text) throw coreErrors.busy();
    await ctx.db
      .update(assets)
      .set({ ...given(changed), searchText: text, updatedAt: ctx.now })
      .where(eq(assets.id, id));
    await storeEmbedding(ctx, id, prepared.embedding);
    return { asset: await cardOf(ctx, id), before };
  },
});

async function reindexed(tools: Pick<Tools, 'embeddings'>, asset: AssetRow, changed: Changes) {
  const text = searchText({ ...asset, ...given(changed) });
  return { text, embedding: await embedText(tools, text) };
}

/** Only what was given: an absent field leaves the old value. */
function given({ title, description, tags, type }: Changes) {
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(tags !== undefined && { tags: [...tags] }),
    ...(type !== undefined && { type }),
  };
}

function valuesBefore({ title, description, tags, type }: AssetRow, changed: Changes): Changes {
  return {
    ...(changed.title !== undefined && { title }),
    ...(changed.description !== undefined && { description }),
    ...(changed.tags !== undefined && { tags: [...tags] }),
    ...(changed.type !== undefined && { type }),
  };
}

import { type Context, defineAction, download, holds } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { assetsErrors } from '../errors.ts';
import { type AssetRow, DERIVATIVE_NAMES, type DerivativeName, derivatives } from '../schema.ts';
import { isOwner, READ_ALL } from '../visibility.ts';
import { assetId } from '../wire.ts';
import { seenAsset } from '../works.ts';

export const open = defineAction({
  name: 'assets.open',
  title: 'Open a file of a work',
  description:
    'The bytes of a work: a picture of it, or the first 30 seconds of a song, for whoever may see it; the original for its owner and those who work on the brand.',
  effect: 'read',
  risk: 'low',
  permission: 'assets.catalogue.read',
  http: 'GET /assets/{id}/{variant}',
  input: z.strictObject({ id: assetId, variant: z.enum(['original', ...DERIVATIVE_NAMES]) }),
  output: download(),
  async handler(ctx, { id, variant }) {
    const asset = await seenAsset(ctx, id);
    return variant === 'original' ? openOriginal(ctx, asset) : openDerivative(ctx, asset, variant);
  },
});

function openOriginal({ actor }: Context, asset: AssetRow) {
  const { id, brandId, originalKey, fileName, contentType, size } = asset;
  if (!holds(actor.rights, READ_ALL, brandId) && !isOwner(actor, asset)) {
    throw assetsErrors.unknown_variant({ id, variant: 'original' });
  }
  return { objectKey: originalKey, fileName, contentType, size };
}

async function openDerivative(ctx: Context, { id, title }: AssetRow, name: DerivativeName) {
  const [found] = await ctx.db
    .select()
    .from(derivatives)
    .where(and(eq(derivatives.assetId, id), eq(derivatives.name, name)));
  if (!found) throw assetsErrors.unknown_variant({ id, variant: name });
  const fileName = `${title}.${found.contentType.replace(/^.*\//, '')}`;
  return { objectKey: found.objectKey, fileName, contentType: found.contentType, size: found.size };
}

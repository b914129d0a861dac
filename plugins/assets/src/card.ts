// A work as lists show it.
import { type Context, moment } from '@troupe-os/core';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { ASSET_STATUSES, ASSET_TYPES } from './contract.ts';
import { assetsErrors } from './errors.ts';
import { type AssetFacts, assetFacts } from './facts.ts';
import { assets, DERIVATIVE_NAMES } from './schema.ts';

export const assetCard = z.strictObject({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  type: z.enum(ASSET_TYPES),
  status: z.enum(ASSET_STATUSES),
  brandId: z.string(),
  tags: z.array(z.string()),
  contentType: z.string().describe('Of the original, e.g. "image/png".'),
  facts: assetFacts,
  variants: z
    .array(z.enum(DERIVATIVE_NAMES))
    .describe('What assets.open answers of it to whoever sees it: pictures, or of a song its first 30 seconds.'),
  createdAt: moment,
});

export type AssetCard = z.output<typeof assetCard>;

/** The columns of a card, for a select from `assets`. Peaks stay out: a page of songs would weigh ten times as much. */
export const cardColumns = {
  id: assets.id,
  title: assets.title,
  description: assets.description,
  type: assets.type,
  status: assets.status,
  brandId: assets.brandId,
  tags: assets.tags,
  contentType: assets.contentType,
  facts: sql<AssetFacts>`${assets.facts} - 'peaks'`.mapWith(assets.facts),
  // drizzle leaves the table's name out of columns in here, so they are spelled out
  variants: sql<AssetCard['variants']>`array(select one.name from assets.derivatives one
    where one.asset_id = assets.id order by one.size)`.mapWith(nameList),
  createdAt: assets.createdAt,
};

/** The card of one work, seen already to be shown. Errors: assets.unknown_asset. */
export async function cardOf(ctx: Context, id: string): Promise<AssetCard> {
  const [card] = await ctx.db.select(cardColumns).from(assets).where(eq(assets.id, id));
  if (!card) throw assetsErrors.unknown_asset({ id });
  return card;
}

/** An array of a raw expression comes as an array from one driver, and as Postgres writes it from the other. */
function nameList(value: unknown): AssetCard['variants'] {
  const names = Array.isArray(value) ? value.map(String) : String(value).replace(/[{}]/g, '').split(',');
  return DERIVATIVE_NAMES.filter((name) => names.includes(name));
}

// Finding works: by meaning and by words at once, under filters, only what the caller may see.
import { type Context, cursorsOf, keyset } from '@troupe-os/core';
import { type Question, rank, type Searched } from '@troupe-os/core/search';
import { and, arrayContains, count, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type AssetCard, cardColumns } from './card.ts';
import type { AssetStatus, AssetType } from './contract.ts';
import { assets, collectionItems, embeddings } from './schema.ts';
import { visibleTo } from './visibility.ts';

export interface Filters {
  readonly type?: AssetType | undefined;
  readonly status?: AssetStatus | undefined;
  readonly brandId?: string | undefined;
  /** All of them. */
  readonly tags?: readonly string[] | undefined;
  /** The id of a collection. */
  readonly collection?: string | undefined;
  /** These and no others. */
  readonly ids?: readonly string[] | undefined;
}

export interface Found {
  readonly items: AssetCard[];
  readonly total: number;
  readonly nextCursor?: string;
}

interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const newest = keyset('assets.search', { descending: [assets.position] });
/** By how many works were shown before: a rank is of the question, not of the work. */
const byRank = cursorsOf('assets.search by meaning', [z.string().regex(/^\d{1,9}$/)]);

/** The newest works first. Errors: core.bad_cursor. */
export async function listNewest(ctx: Context, filters: Filters, { limit, cursor }: Page): Promise<Found> {
  const wanted = and(visibleTo(ctx.actor), matching(filters));
  const rows = await ctx.db
    .select({ ...cardColumns, position: assets.position })
    .from(assets)
    .where(and(wanted, newest.after(cursor)))
    .orderBy(...newest.order)
    .limit(limit + 1);
  const [all] = await ctx.db.select({ total: count() }).from(assets).where(wanted);
  const { items, ...rest } = newest.page(rows, limit, ({ position }) => [position]);
  return { items: items.map(({ position: _, ...card }) => card), total: all?.total ?? 0, ...rest };
}

const WORKS: Searched = {
  table: assets,
  id: assets.id,
  words: assets.words,
  slips: sql`lower(${assets.title})`,
  embeddings,
  subject: embeddings.assetId,
};

/** Works by their meaning and their words, as `rank` says; slips are looked for in titles. Errors: core.bad_cursor. */
export async function searchByMeaning(
  ctx: Context,
  filters: Filters,
  question: Question,
  { limit, cursor }: Page,
): Promise<Found> {
  const offset = Number(byRank.read(cursor)?.[0] ?? 0);
  const ranked = await rank(ctx.db, WORKS, {
    question,
    visible: visibleTo(ctx.actor),
    matching: matching(filters),
    limit,
    offset,
  });
  if (ranked.length === 0) return { items: [], total: 0 };
  const ids = ranked.map(({ id }) => id);
  const cards = await ctx.db.select(cardColumns).from(assets).where(inArray(assets.id, ids));
  const byId = new Map(cards.map((card) => [card.id, card]));
  const { items, ...rest } = byRank.page(ids, limit, () => [offset + limit]);
  return { items: items.flatMap((id) => byId.get(id) ?? []), total: ranked[0]?.total ?? 0, ...rest };
}

function matching({ type, status, brandId, tags, collection, ids }: Filters): SQL | undefined {
  return and(
    type === undefined ? undefined : eq(assets.type, type),
    status === undefined ? undefined : eq(assets.status, status),
    brandId === undefined ? undefined : eq(assets.brandId, brandId),
    ids && inArray(assets.id, [...ids]),
    tags?.length ? arrayContains(assets.tags, [...tags]) : undefined,
    collection !== undefined
      ? sql`exists (select from ${collectionItems} where ${collectionItems.assetId} = ${assets.id} and ${collectionItems.collectionId} = ${collection})`
      : undefined,
  );
}

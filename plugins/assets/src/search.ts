// Finding works: by meaning and by words at once, under filters, only what the caller may see.
import { type Context, cursorsOf, keyset } from '@troupe-os/core';
import { and, arrayContains, count, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type AssetCard, cardColumns } from './card.ts';
import type { AssetStatus, AssetType } from './contract.ts';
import type { Embedding } from './inspect.ts';
import { rowsOf } from './rows.ts';
import { assets, collectionItems } from './schema.ts';
import { visibleTo } from './visibility.ts';

export interface Filters {
  readonly type?: AssetType | undefined;
  readonly status?: AssetStatus | undefined;
  readonly brandId?: string | undefined;
  /** All of them. */
  readonly tags?: readonly string[] | undefined;
  /** The id of a collection. */
  readonly collection?: string | undefined;
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

export interface Question {
  readonly words: readonly string[];
  readonly embedding: Embedding;
}

/** The different words of a question, at most 16, in lower case. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].slice(0, MOST_WORDS);
}

const MOST_WORDS = 16;
/** How much words weigh beside meaning: measured best on paraphrases and keywords alike. */
const WORDS_WEIGHT = 0.15;
/** What is further from the question, or so much further than the nearest work, is no answer. Measured with the embedded model. */
const LEAST_COSINE = 0.25;
const WITHIN_BEST = 0.15;
/** Share of three-letter pieces that a mistyped word has in common with the right one. */
const LEAST_LIKENESS = 0.35;
/** Nearest by meaning, and best by words, that are ranked together: a count stops at twice as many. */
const MOST_RANKED = 500;
/** Where no more works than these pass the filters, all of them are compared: the index would be gone through in vain for the few. */
const MOST_SCANNED = 5_000;

/**
 * Works by `cosine + 0.15 × share`, where the share is that of the question's words found in the work, each word weighing its
 * inverse document frequency among the works that this caller may see. A word is found by its stem; one that stands in none of
 * these works, by its likeness to a word of a title (trigrams). Errors: core.bad_cursor.
 */
export async function searchByMeaning(
  ctx: Context,
  filters: Filters,
  { words, embedding }: Question,
  { limit, cursor }: Page,
): Promise<Found> {
  const offset = Number(byRank.read(cursor)?.[0] ?? 0);
  // the index is gone through until enough rows pass the filters; compiling the statement would take longer than running it
  await ctx.db.execute(
    sql`select set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '200', true),
      set_config('hnsw.scan_mem_multiplier', '8', true), set_config('jit', 'off', true),
      set_config('pg_trgm.strict_word_similarity_threshold', ${String(LEAST_LIKENESS)}, true)`,
  );
  const ranked = await rowsOf<{ id: string; total: number }>(
    ctx.db,
    rankingOf(ctx, filters, { words, embedding }, { limit, offset }),
  );
  if (ranked.length === 0) return { items: [], total: 0 };
  const ids = ranked.map(({ id }) => id);
  const cards = await ctx.db.select(cardColumns).from(assets).where(inArray(assets.id, ids));
  const byId = new Map(cards.map((card) => [card.id, card]));
  const { items, ...rest } = byRank.page(ids, limit, () => [offset + limit]);
  return { items: items.flatMap((id) => byId.get(id) ?? []), total: ranked[0]?.total ?? 0, ...rest };
}

function rankingOf(
  ctx: Context,
  filters: Filters,
  { words, embedding }: Question,
  { limit, offset }: { limit: number; offset: number },
): SQL {
  const visible = visibleTo(ctx.actor) ?? sql`true`;
  const matches = matching(filters) ?? sql`true`;
  const distance = distanceTo(embedding);
  const ofModel = sql`embedding.model = ${embedding.model} and embedding.dimensions = ${sql.raw(String(embedding.dimensions))}`;
  // each step is materialized: the embedded database keeps no statistics, and would compare every title where an index is there
  return sql`
    with asked as materialized (
      select word, stem from (
        select word, stem, numnode(stem) > 0 as tells, bool_or(numnode(stem) > 0) over () as any_tells
        from (select word, plainto_tsquery('english', word) as stem from jsonb_array_elements_text(${JSON.stringify(words)}::jsonb) word) one
      ) two where tells or not any_tells -- words like "the" count only where there are no others
    ), seen as materialized (
      select ${assets.id} as id, ${matches} as wanted from ${assets} where ${visible}
    ), counted as materialized (
      select count(*)::float8 as works, count(*) filter (where wanted) > ${MOST_SCANNED} as many from seen
    ), hits as materialized (
      select word, ${assets.id} as id from asked join ${assets} on ${assets.words} @@ stem
    ), weighed as materialized (
      select word, count(seen.id) = 0 as unknown, ln(1 + (select works from counted) / (1 + count(seen.id))) as weight
      from asked left join hits using (word) left join seen using (id) group by word
    ), slips as materialized (
      select word, ${assets.id} as id, strict_word_similarity(word, lower(${assets.title})) as found
      from weighed join ${assets} on unknown and word <<% lower(${assets.title})
    ), by_words as (
      select id, sum(weight * found) / (select sum(weight) from weighed) as share
      from (select word, id, 1.0::float8 as found from hits union all select word, id, found from slips) one
        join weighed using (word) join seen using (id)
      where wanted group by id order by share desc, id limit ${MOST_RANKED}
    ), by_meaning as (
      (select embedding.asset_id as id from assets.embeddings embedding join ${assets} on ${assets.id} = embedding.asset_id
        where (select many from counted) and ${ofModel} and ${visible} and ${matches}
        order by ${distance} limit ${MOST_RANKED})
      union all
      -- the vector without its length: no index fits, and all of them are compared; "is true" keeps this one look at each, and no join
      (select embedding.asset_id from assets.embeddings embedding
        where not (select many from counted) and ${ofModel} and (embedding.asset_id in (select id from seen where wanted)) is true
        order by embedding.vector <=> ${embedding.vector}::vector limit ${MOST_RANKED})
    ), candidates as (
      select id from by_words union select id from by_meaning
    ), scored as (
      select candidates.id, coalesce(1 - (${distance}), 0) as cosine, coalesce(by_words.share, 0) as share,
        coalesce(max(1 - (${distance})) over (), 0) as best
      from candidates
      left join by_words on by_words.id = candidates.id
      left join assets.embeddings embedding on embedding.asset_id = candidates.id and embedding.model = ${embedding.model}
    )
    select id, count(*) over ()::int as total from scored where share > 0 or cosine >= greatest(${LEAST_COSINE}, best - ${WITHIN_BEST})
    order by cosine + ${WORDS_WEIGHT} * share desc, id limit ${limit + 1} offset ${offset}`;
}

/** The index holds vectors by their length, so the length stands in the statement itself. */
function distanceTo({ dimensions, vector }: Embedding): SQL {
  const type = sql.raw(`vector(${dimensions})`);
  return sql`embedding.vector::${type} <=> ${vector}::${type}`;
}

function matching({ type, status, brandId, tags, collection }: Filters): SQL | undefined {
  return and(
    type === undefined ? undefined : eq(assets.type, type),
    status === undefined ? undefined : eq(assets.status, status),
    brandId === undefined ? undefined : eq(assets.brandId, brandId),
    tags?.length ? arrayContains(assets.tags, [...tags]) : undefined,
    collection !== undefined
      ? sql`exists (select from ${collectionItems} where ${collectionItems.assetId} = ${assets.id} and ${collectionItems.collectionId} = ${collection})`
      : undefined,
  );
}

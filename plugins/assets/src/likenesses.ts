// Which works are the same, nearly the same or alike, found when a work comes in.
import { type Actor, type Context, type Db, rowsOf } from '@troupe-os/core';
import { and, eq, or, sql } from 'drizzle-orm';
import type { Fingerprint } from './inspect.ts';
import { acousticDistance } from './media/distance.ts';
import { assets, fingerprints, likenesses } from './schema.ts';
import { visibleTo } from './visibility.ts';

/** Bits of 64. Up to 10 is the same picture, edited; up to 2 it was only saved again. */
const NEAR_BITS = 10;
const SAME_BITS = 2;
/** Share of wrong bits. Below 0.15 is the same recording; below 0.05 it was only encoded again. */
const NEAR_ERROR = 0.15;
const SAME_ERROR = 0.05;
/** Cosine distance of colours and gradients: most crops, tints and blurs stay below it, other pictures of one hand do not. */
const SIMILAR_DISTANCE = 0.1;
/** Pictures without shapes all hash alike: what differs so much in colours is no edited copy. */
const FAR_DISTANCE = 0.6;
/** Recordings that are compared word by word, those with most words in common first. */
const MOST_COMPARED = 50;
const MOST_ALIKE = 20;
const LOCK = 7_221_003;

type Row = typeof likenesses.$inferInsert;
type Found = Pick<Row, 'otherId' | 'kind' | 'measure' | 'distance'>;

/** Stores the fingerprint of a new work and its likeness to all that were there before. */
export async function rememberFingerprint(ctx: Context, assetId: string, fingerprint: Fingerprint): Promise<void> {
  // one at a time: of two that come in together, each would miss the other
  await ctx.db.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
  const found = [...(await pictureLikenesses(ctx.db, fingerprint)), ...(await recordingLikenesses(ctx.db, fingerprint))];
  const { perceptual, mirrored, visual, acoustic, acousticWords } = fingerprint;
  await ctx.db.insert(fingerprints).values({
    assetId,
    ...(perceptual && { perceptual }),
    ...(mirrored && { mirrored }),
    ...(visual && { visual: sql`${visual}::vector` }),
    ...(acoustic && { acoustic }),
    ...(acousticWords && { acousticWords: [...acousticWords] }),
  });
  const pairs = found.map(({ otherId, ...rest }) => ({ ...ordered(assetId, otherId), ...rest }));
  if (pairs.length > 0) await ctx.db.insert(likenesses).values(pairs);
}

export interface Likeness {
  readonly id: string;
  readonly title: string;
  readonly kind: Row['kind'];
  readonly measure: Row['measure'];
  /** 0 is equal, 1 is nothing in common. */
  readonly distance: number;
}

/** The works that are like this one, as far as the actor may see them, the nearest first. */
export async function likenessesOf(db: Db, assetId: string, actor: Actor): Promise<Likeness[]> {
  const other = sql`case when ${likenesses.assetId} = ${assetId} then ${likenesses.otherId} else ${likenesses.assetId} end`;
  return db
    .select({
      id: assets.id,
      title: assets.title,
      kind: likenesses.kind,
      measure: likenesses.measure,
      distance: likenesses.distance,
    })
    .from(likenesses)
    .innerJoin(assets, eq(assets.id, other))
    .where(and(or(eq(likenesses.assetId, assetId), eq(likenesses.otherId, assetId)), visibleTo(actor)))
    .orderBy(sql`array_position(array['same', 'near', 'similar'], ${likenesses.kind})`, likenesses.distance)
    .limit(MOST_ALIKE);
}

async function pictureLikenesses(db: Db, { perceptual, mirrored, visual }: Fingerprint): Promise<Found[]> {
  if (!perceptual || !mirrored || !visual) return [];
  const edited = await rowsOf<{ id: string; straight: number; flipped: number }>(
    db,
    sql`select * from (
      select asset_id as id, bit_count(perceptual # ${perceptual}::bit(64))::int as straight, bit_count(perceptual # ${mirrored}::bit(64))::int as flipped
      from ${fingerprints} where perceptual is not null and visual <=> ${visual}::vector <= ${FAR_DISTANCE}
    ) one where least(straight, flipped) <= ${NEAR_BITS} order by least(straight, flipped) limit ${MOST_ALIKE}`,
  );
  const alike = await rowsOf<{ id: string; distance: number }>(
    db,
    sql`select asset_id as id, visual <=> ${visual}::vector as distance from ${fingerprints}
      where visual is not null order by visual <=> ${visual}::vector limit ${MOST_ALIKE}`,
  );
  const near = edited.map(({ id, straight, flipped }): Found => {
    const measure = straight <= flipped ? 'perceptual' : 'mirrored';
    return { otherId: id, kind: straight <= SAME_BITS ? 'same' : 'near', measure, distance: Math.min(straight, flipped) / 64 };
  });
  const similar = alike
    .filter(({ id, distance }) => distance <= SIMILAR_DISTANCE && !near.some(({ otherId }) => otherId === id))
    .map(({ id, distance }): Found => ({ otherId: id, kind: 'similar', measure: 'visual', distance: Math.max(0, distance) }));
  return [...near, ...similar];
}

async function recordingLikenesses(db: Db, { acoustic, acousticWords }: Fingerprint): Promise<Found[]> {
  if (!acoustic || !acousticWords) return [];
  const words = sql`${`{${acousticWords.join(',')}}`}::int[]`;
  const candidates = await rowsOf<{ id: string; acoustic: string }>(
    db,
    sql`select asset_id as id, acoustic from ${fingerprints} where acoustic_words && ${words}
      order by (select count(*) from unnest(acoustic_words) word where word = any (${words})) desc limit ${MOST_COMPARED}`,
  );
  return candidates.flatMap(({ id, acoustic: other }) => {
    const distance = acousticDistance(acoustic, other);
    if (distance >= NEAR_ERROR) return [];
    return [{ otherId: id, kind: distance < SAME_ERROR ? 'same' : 'near', measure: 'acoustic', distance } as const];
  });
}

function ordered(one: string, other: string): Pick<Row, 'assetId' | 'otherId'> {
  return one < other ? { assetId: one, otherId: other } : { assetId: other, otherId: one };
}

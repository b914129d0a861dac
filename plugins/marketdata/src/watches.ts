// Watches: which price somebody wants to hear of, and what has met it.
import type { Context } from '@troupe-os/core';
import { and, desc, eq, gte, isNull, or, type SQL, sql } from 'drizzle-orm';
import { watchMet } from './contract.ts';
import { opportunities, quotes, watches } from './schema.ts';

/** Quotes of an asset, or of all that lies below it: the tokens of a collection. '0' comes right after '/'. */
export function isOf(asset: string | SQL | typeof watches.asset): SQL | undefined {
  const below = and(sql`${quotes.asset} >= ${asset} || '/'`, sql`${quotes.asset} < ${asset} || '0'`);
  return or(sql`${quotes.asset} = ${asset}`, below);
}

/**
 * Whoever watches hears of the last quote of this reading that meets what they watch. What happened before they began to watch is no news.
 */
export async function tellWatches(ctx: Context, { sourceId, reading }: { sourceId: string; reading: number }): Promise<void> {
  const met = await ctx.db
    .selectDistinctOn([watches.id], {
      watchId: watches.id,
      asset: watches.asset,
      quoteId: quotes.id,
      kind: quotes.kind,
      amount: quotes.amount,
      unit: watches.unit,
      at: quotes.at,
      quotes: sql<number>`(count(*) over (partition by ${watches.id}))::int`,
    })
    .from(watches)
    .innerJoin(
      quotes,
      and(
        eq(quotes.sourceId, sourceId),
        eq(quotes.reading, reading),
        eq(quotes.kind, watches.kind),
        eq(quotes.unit, watches.unit),
        isOf(watches.asset),
        sql`case ${watches.direction} when 'below' then ${quotes.amount} < ${watches.amount} else ${quotes.amount} > ${watches.amount} end`,
        gte(quotes.at, watches.createdAt),
      ),
    )
    .where(isNull(watches.removedAt))
    .orderBy(watches.id, desc(quotes.at), desc(quotes.position));
  for (const { amount, asset, unit, kind, at, ...found } of met) {
    if (amount === null) continue; // a floor that is gone is neither below nor above
    const id = crypto.randomUUID();
    await ctx.db.insert(opportunities).values({ id, ...found, foundAt: ctx.now });
    const { watchId, quoteId } = found;
    ctx.emit(watchMet, { watchId, quoteId, opportunityId: id, asset, kind, amount, unit, at });
  }
}

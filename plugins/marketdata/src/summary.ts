// What quotes say of an asset: in each unit by itself, since nothing here knows what one unit is worth in another.
import type { Context } from '@troupe-os/core';
import { and, asc, desc, eq, gte, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm';
import { quotes } from './schema.ts';
import { isOf } from './watches.ts';

export interface Summary {
  readonly unit: string;
  readonly lastSale?: { readonly amount: bigint; readonly at: Date; readonly sourceId: string };
  readonly floor?: { readonly amount: bigint; readonly at: Date; readonly sourceId: string };
  readonly window: Sales;
  readonly before: Sales;
  /** Of the median against the one before, in hundredths of a per cent, towards zero. */
  readonly changeBasisPoints?: number;
}

export interface Sales {
  readonly sales: number;
  /** Of an even number of sales the lower of the two in the middle: a price that was paid. */
  readonly median?: bigint;
}

const DAY_MS = 86_400_000;
const MOST_BASIS_POINTS = 1_000_000_000n;

/** By unit. The window ends now; the one before is as long and ends where it begins. */
export async function summarise(ctx: Context, { asset, days }: { asset: string; days: number }): Promise<Summary[]> {
  const [begin, before] = [1, 2].map((times) => new Date(ctx.now.getTime() - times * days * DAY_MS)) as [Date, Date];
  const [sales, last, floors] = [
    await salesOf(ctx, asset, { before, begin }),
    await lastSalesOf(ctx, asset),
    await floorsOf(ctx, asset),
  ];
  const units = [...new Set([...sales, ...last, ...floors].map(({ unit }) => unit))].sort();
  return units.map((unit) => {
    const found = sales.find((one) => one.unit === unit);
    const window = salesIn(found?.count, found?.median);
    const earlier = salesIn(found?.countBefore, found?.medianBefore);
    const [lastSale, floor] = [last, floors].map((rows) => pricedIn(rows, unit));
    return {
      unit,
      ...(lastSale ? { lastSale } : {}),
      ...(floor ? { floor } : {}),
      window,
      before: earlier,
      ...changeOf(earlier.median, window.median),
    };
  });
}

async function salesOf(ctx: Context, asset: string, { before, begin }: { before: Date; begin: Date }) {
  const isIn = sql`${quotes.at} >= ${begin.toISOString()}::timestamptz`;
  const isBefore = sql`${quotes.at} < ${begin.toISOString()}::timestamptz`;
  const count = (which: SQL) => sql<number>`(count(*) filter (where ${which}))::int`;
  const median = (which: SQL) =>
    sql<string | null>`(percentile_disc(0.5) within group (order by ${quotes.amount}) filter (where ${which}))::text`;
  return ctx.db
    .select({
      unit: quotes.unit,
      count: count(isIn),
      median: median(isIn),
      countBefore: count(isBefore),
      medianBefore: median(isBefore),
    })
    .from(quotes)
    .where(and(isLive('sale', asset), gte(quotes.at, before), lt(quotes.at, ctx.now)))
    .groupBy(quotes.unit);
}

const lastSalesOf = (ctx: Context, asset: string) =>
  ctx.db
    .selectDistinctOn([quotes.unit], { unit: quotes.unit, amount: quotes.amount, at: quotes.at, sourceId: quotes.sourceId })
    .from(quotes)
    .where(isLive('sale', asset))
    .orderBy(quotes.unit, desc(quotes.at), desc(quotes.position));

/** The lowest of what each source has said last of each asset. */
function floorsOf(ctx: Context, asset: string) {
  const latest = ctx.db
    .selectDistinctOn([quotes.sourceId, quotes.asset, quotes.unit], {
      unit: quotes.unit,
      amount: quotes.amount,
      at: quotes.at,
      sourceId: quotes.sourceId,
    })
    .from(quotes)
    .where(isLive('floor', asset))
    .orderBy(quotes.sourceId, quotes.asset, quotes.unit, desc(quotes.at), desc(quotes.position))
    .as('latest');
  return ctx.db
    .selectDistinctOn([latest.unit], { unit: latest.unit, amount: latest.amount, at: latest.at, sourceId: latest.sourceId })
    .from(latest)
    .where(isNotNull(latest.amount))
    .orderBy(latest.unit, asc(latest.amount), asc(latest.at));
}

const isLive = (kind: 'sale' | 'floor', asset: string) => and(eq(quotes.kind, kind), isOf(asset), isNull(quotes.voidedAt));

function pricedIn(
  rows: readonly { unit: string; amount: bigint | null; at: Date; sourceId: string }[],
  unit: string,
): Summary['lastSale'] {
  const found = rows.find((row) => row.unit === unit);
  if (!found || found.amount === null) return undefined;
  const { amount, at, sourceId } = found;
  return { amount, at, sourceId };
}

const salesIn = (sales = 0, median: string | null = null): Sales => ({
  sales,
  ...(median === null ? {} : { median: BigInt(median) }),
});

function changeOf(before: bigint | undefined, now: bigint | undefined): { changeBasisPoints?: number } {
  if (before === undefined || now === undefined) return {};
  const points = ((now - before) * 10_000n) / before;
  return points > MOST_BASIS_POINTS ? {} : { changeBasisPoints: Number(points) };
}

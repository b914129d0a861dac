import { DRIFTING, type Drift, type Figures } from './shapes.ts';

/** How figures differ from those of the week before; what is as it was is left out. */
export function driftOf(now: Figures, before: Figures): Drift {
  const counts = DRIFTING.filter((name) => now[name] !== before[name]).map((name) => [name, changed(now[name], before[name])]);
  const points = (now.alonePercent ?? 0) - (before.alonePercent ?? 0);
  const isShare = now.alonePercent !== undefined && before.alonePercent !== undefined;
  const cost = [now.costMicroUsd, before.costMicroUsd] as const;
  const revenue = revenueChanged(now.revenue ?? [], before.revenue ?? []);
  return {
    ...(Object.fromEntries(counts) as Pick<Drift, (typeof DRIFTING)[number]>),
    ...(isShare && points !== 0 && { alonePoints: points }),
    ...(cost[0] !== undefined && cost[1] !== undefined && cost[0] !== cost[1] && { costMicroUsd: sumChanged(cost[0], cost[1]) }),
    ...(revenue.length > 0 && { revenue }),
  };
}

function changed(now: number, before: number) {
  return { by: now - before, ...(before === 0 ? {} : { percent: Math.round(((now - before) / before) * 100) }) };
}

function sumChanged(now: bigint, before: bigint) {
  const by = now - before;
  return { by, ...(before === 0n ? {} : { percent: percentOf(by, before) }) };
}

/** Rounded to the nearest whole percent, halves away from zero. */
function percentOf(part: bigint, whole: bigint): number {
  const doubled = part * 200n;
  return Number((doubled + (doubled < 0n ? -whole : whole)) / (whole * 2n));
}

function revenueChanged(now: NonNullable<Figures['revenue']>, before: NonNullable<Figures['revenue']>) {
  const units = [...new Set([...before, ...now].map(({ unit }) => unit))].sort();
  const sumOf = (sums: typeof now, unit: string) => sums.find((one) => one.unit === unit)?.amount ?? 0n;
  return units.map((unit) => ({ unit, ...sumChanged(sumOf(now, unit), sumOf(before, unit)) })).filter(({ by }) => by !== 0n);
}

// Where values stand. Numbers of the picture alone: what is written beside them is what was told.

export interface Span {
  readonly low: number;
  readonly high: number;
}

export interface Scale extends Span {
  readonly ticks: readonly number[];
}

/** Just around all values and zero. */
export function spanOf(values: readonly number[]): Span {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  return { low, high: high === low ? low + 1 : high };
}

/** From round number to round number around all values and zero, in about so many steps. */
export function scaleOf(values: readonly number[], steps: number): Scale {
  const { low: least, high: most } = spanOf(values);
  const rough = (most - least) / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(12)));
  return { low: first * step, high: last * step, ticks };
}

/** 0 at the low end, 1 at the high end. */
export const shareOf = ({ low, high }: Span, value: number): number => (value - low) / (high - low);

const format = new Intl.NumberFormat('en', { maximumFractionDigits: 6 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 2 });
export const tickText = (tick: number): string => (Math.abs(tick) >= 1e6 ? compact : format).format(tick);

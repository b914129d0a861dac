import type { Chart } from '../chart.ts';
import type { Drawn } from './bars.ts';
import { scaleOf, shareOf, tickText } from './scale.ts';
import { at, colourOf, fitted, HAIR, PAD, QUIET, WIDTH, widthOf, words } from './svg.ts';

const HEIGHT = 200;
const MOST_DOTS = 24;
/** Lines differ by more than their colour. */
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '4 2', '1 2'] as const;

export function dashOf(place: number): string {
  const dash = DASHES[place % DASHES.length];
  return dash ? ` stroke-dasharray="${dash}"` : '';
}

export function drawLines({ categories, series }: Chart, top: number): Drawn {
  const scale = scaleOf(
    series.flatMap(({ values }) => values.map(Number)),
    4,
  );
  const tickWidth = Math.max(...scale.ticks.map((tick) => widthOf(tickText(tick), 11)));
  const left = PAD + tickWidth + 8;
  const right = WIDTH - PAD - 8;
  const bottom = top + 10 + HEIGHT;
  const y = (value: number) => bottom - shareOf(scale, value) * HEIGHT;
  const x = (place: number) =>
    categories.length === 1 ? (left + right) / 2 : left + (place / (categories.length - 1)) * (right - left);

  const grid = scale.ticks.map((tick) => {
    const line = `<line x1="${at(left)}" x2="${at(right)}" y1="${at(y(tick))}" y2="${at(y(tick))}" stroke="${tick === 0 ? QUIET : HAIR}"/>`;
    return line + words(tickText(tick), { x: left - 6, y: y(tick) + 4, size: 11, colour: QUIET, anchor: 'end' });
  });
  const drawn = series.map(({ values }, place) => {
    const points = values.map((value, n) => [at(x(n)), at(y(Number(value)))] as const);
    const dots =
      points.length > MOST_DOTS
        ? []
        : points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="2.6" fill="${colourOf(place)}"/>`);
    const line = points.map((point) => point.join(',')).join(' ');
    return `<polyline points="${line}" fill="none" stroke="${colourOf(place)}" stroke-width="2.2" stroke-linejoin="round"${dashOf(place)}/>${dots.join('')}`;
  });
  return { svg: [...grid, ...drawn, ...namesBelow()].join(''), bottom: bottom + 22 };

  /** As many names as stand beside each other, the first and the last among them. */
  function namesBelow(): string[] {
    const widest = Math.min(90, Math.max(...categories.map((name) => widthOf(name, 11))));
    const most = Math.max(2, Math.floor((right - left) / (widest + 10)) + 1);
    const last = categories.length - 1;
    const places =
      last < most ? categories.map((_, n) => n) : Array.from({ length: most }, (_, n) => Math.round((n * last) / (most - 1)));
    return [...new Set(places)].map((place) => {
      const anchor = categories.length === 1 ? 'middle' : place === 0 ? 'start' : place === last ? 'end' : 'middle';
      const from = anchor === 'start' ? left - 4 : anchor === 'end' ? right + 8 : x(place);
      return words(fitted(categories[place] ?? '', widest, 11), { x: from, y: bottom + 17, size: 11, colour: QUIET, anchor });
    });
  }
}

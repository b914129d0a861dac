// Bars lie, so that names of any length stand beside them on a phone.
import { type Chart, sumOf } from '../chart.ts';
import { shareOf, spanOf } from './scale.ts';
import { at, colourOf, fitted, HAIR, PAD, QUIET, WIDTH, widthOf, words } from './svg.ts';

const GAP = 8;
const MOST_NAME = 130;

export interface Drawn {
  readonly svg: string;
  /** Where it ends. */
  readonly bottom: number;
}

export function drawBars({ kind, categories, series }: Chart, top: number): Drawn {
  const isStacked = kind === 'stacked';
  const totals = categories.map((_, row) => sumOf(series.map(({ values }) => values[row] ?? '0')));
  const shown = isStacked ? totals : series.flatMap(({ values }) => values);
  const nameWidth = Math.min(MOST_NAME, Math.max(...categories.map((name) => widthOf(name))));
  const valueWidth = Math.min(110, Math.max(...shown.map((value) => widthOf(value, 11))));
  const left = PAD + nameWidth + GAP;
  const width = WIDTH - PAD - valueWidth - GAP - left;
  const scale = spanOf(shown.map(Number));
  const x = (value: number) => left + shareOf(scale, value) * width;
  const bar = isStacked || series.length === 1 ? 16 : 12;
  const inRow = isStacked ? 1 : series.length;
  const rowHeight = bar * inRow + 10;
  const bottom = top + rowHeight * categories.length;

  const rows = categories.flatMap((name, row) => {
    const y = top + row * rowHeight + 5;
    const label = words(fitted(name, nameWidth), { x: PAD + nameWidth, y: y + (bar * inRow) / 2 + 4, anchor: 'end' });
    const beside = (value: string, place: number) =>
      words(fitted(value, valueWidth, 11), {
        x: WIDTH - PAD,
        y: y + place * bar + bar / 2 + 4,
        size: 11,
        colour: QUIET,
        anchor: 'end',
      });
    if (isStacked) return [label, ...parts(row, y), beside(totals[row] ?? '', 0)];
    return [
      label,
      ...series.flatMap(({ values }, place) => {
        const value = values[row] ?? '0';
        return [block(x(0), x(Number(value)), { y: y + place * bar, height: bar - 1, place }), beside(value, place)];
      }),
    ];
  });

  function parts(row: number, y: number): string[] {
    let from = 0;
    return series.map(({ values }, place) => {
      const to = from + Number(values[row]);
      const drawn = block(x(from), x(to), { y, height: bar, place });
      from = to;
      return drawn;
    });
  }

  const zero = `<line x1="${at(x(0))}" x2="${at(x(0))}" y1="${at(top)}" y2="${at(bottom)}" stroke="${QUIET}" stroke-width="1"/>`;
  const edges = [top, bottom].map((y) => `<line x1="${PAD}" x2="${WIDTH - PAD}" y1="${at(y)}" y2="${at(y)}" stroke="${HAIR}"/>`);
  return { svg: [...edges, ...rows, zero].join(''), bottom };
}

function block(from: number, to: number, { y, height, place }: { y: number; height: number; place: number }): string {
  const [left, width] = [Math.min(from, to), Math.abs(to - from)];
  if (width === 0) return '';
  return `<rect x="${at(left)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" fill="${colourOf(place)}" stroke="#fff" stroke-width="0.6"/>`;
}

// A chart as SVG: title, legend, bars or lines. All text in it is escaped, and it says in words what it shows.
import { type Chart, descriptionOf } from '../chart.ts';
import { drawBars } from './bars.ts';
import { dashOf, drawLines } from './lines.ts';
import { at, colourOf, escaped, FONT, fitted, lines, PAD, QUIET, WIDTH, widthOf, words } from './svg.ts';

const TITLE = 16;
const SWATCH = 18;

export function drawSvg(chart: Chart): string {
  const { title, unit, kind } = chart;
  const heads = lines(title, WIDTH - 2 * PAD, TITLE, 3);
  let y = PAD + 4;
  const head = heads.map((line) => {
    y += 18;
    return words(line, { x: PAD, y: y - 4, size: TITLE, isBold: true });
  });
  if (unit !== undefined) {
    y += 16;
    head.push(words(`in ${unit}`, { x: PAD, y: y - 3, colour: QUIET }));
  }
  const legend = legendOf(chart, y + 4);
  const body = kind === 'line' ? drawLines(chart, legend.bottom) : drawBars(chart, legend.bottom);
  const height = Math.ceil(body.bottom + PAD);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title desc" font-family="'${FONT}', sans-serif"><title id="title">${escaped(title)}</title><desc id="desc">${escaped(descriptionOf(chart))}</desc><rect width="${WIDTH}" height="${height}" fill="#fff"/>${head.join('')}${legend.svg}${body.svg}</svg>`;
}

/** A single series is what the title says. */
function legendOf({ series, kind }: Chart, top: number): { svg: string; bottom: number } {
  if (series.length === 1) return { svg: '', bottom: top + 4 };
  let [x, y] = [PAD, top + 12];
  const drawn = series.map(({ name }, place) => {
    const shown = fitted(name, WIDTH - 2 * PAD - SWATCH - 8);
    const width = SWATCH + 6 + widthOf(shown) + 14;
    if (x > PAD && x + width > WIDTH) [x, y] = [PAD, y + 18];
    const swatch =
      kind === 'line'
        ? `<line x1="${at(x)}" x2="${at(x + SWATCH)}" y1="${at(y - 4)}" y2="${at(y - 4)}" stroke="${colourOf(place)}" stroke-width="2.6"${dashOf(place)}/>`
        : `<rect x="${at(x + 4)}" y="${at(y - 10)}" width="11" height="11" fill="${colourOf(place)}"/>`;
    const one = swatch + words(shown, { x: x + SWATCH + 6, y });
    x += width;
    return one;
  });
  return { svg: drawn.join(''), bottom: y + 12 };
}

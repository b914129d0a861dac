// A plain stroke alphabet of our own: a machine without any font draws the same labels.

import { type Point, polyline, stroke } from './svg.ts';

interface Line {
  readonly at: Point;
  /** Height of a capital in pixels. */
  readonly size: number;
  readonly colour: string;
  /** Thickness of the pen as a share of the size; 0.13 unless said. */
  readonly weight?: number;
  /** Where `at` lies in the line: its start unless said. */
  readonly align?: 'start' | 'end' | 'middle';
}

/** One line of capitals, figures and `. - / # '`. What the alphabet lacks is left blank. */
export function lettering(text: string, { at: [x, y], size, colour, weight = 0.13, align = 'start' }: Line): string {
  const unit = size / 6;
  const shift = { start: 0, middle: 0.5, end: 1 }[align] * lineWidth(text, size);
  const paint = stroke(colour, size * weight);
  let left = x - shift;
  const lines = [...text.toUpperCase()].flatMap((character) => {
    const glyph = linesOf(character).map((line) => polyline(pointsOf(line, { left, top: y, unit }), paint));
    left += advance(character) * unit;
    return glyph;
  });
  return lines.join('');
}

/** The largest size up to `largest` at which a line is no wider than `width`. */
export function fittedSize(text: string, { largest, width }: { largest: number; width: number }): number {
  return Math.min(largest, (largest * width) / lineWidth(text, largest));
}

function lineWidth(text: string, size: number): number {
  const advances = [...text].reduce((sum, character) => sum + advance(character), 0);
  return ((advances - GAP) * size) / 6;
}

/** From one character to the next, in sixths of the height. */
function advance(character: string): number {
  return (NARROW.includes(character) ? 0.6 : 4) + GAP;
}

const GAP = 1.6;
const NARROW = ".'";

function linesOf(character: string): string[] {
  const glyph = GLYPHS[character];
  return glyph ? glyph.split('|') : [];
}

function pointsOf(line: string, { left, top, unit }: { left: number; top: number; unit: number }): Point[] {
  return line.split(' ').map((pair): Point => [left + Number(pair[0]) * unit, top + Number(pair[1]) * unit]);
}

// strokes as x and y on a grid of 4 by 6
const GLYPHS: Readonly<Record<string, string>> = {
  A: '06 02 20 42 46|04 44',
  B: '03 33 42 41 30 00 06 36 45 44 33',
  C: '41 30 10 01 05 16 36 45',
  D: '00 20 42 44 26 06 00',
  E: '40 00 06 46|03 33',
  F: '40 00 06|03 33',
  G: '41 30 10 01 05 16 36 45 43 23',
  H: '00 06|40 46|03 43',
  I: '20 26',
  J: '40 45 36 16 05',
  K: '00 06|40 03 46',
  L: '00 06 46',
  M: '06 00 23 40 46',
  N: '06 00 46 40',
  O: '10 30 41 45 36 16 05 01 10',
  P: '06 00 30 41 42 33 03',
  Q: '10 30 41 45 36 16 05 01 10|24 46',
  R: '06 00 30 41 42 33 03|23 46',
  S: '41 30 10 01 02 13 33 44 45 36 16 05',
  T: '00 40|20 26',
  U: '00 05 16 36 45 40',
  V: '00 26 40',
  W: '00 16 23 36 40',
  X: '00 46|40 06',
  Y: '00 23 40|23 26',
  Z: '00 40 06 46',
  0: '10 30 41 45 36 16 05 01 10|32 14',
  1: '11 20 26|16 36',
  2: '01 10 30 41 42 06 46',
  3: '00 40 23 33 44 45 36 16 05',
  4: '30 04 44|30 36',
  5: '40 00 03 33 44 45 36 16 05',
  6: '40 10 01 05 16 36 45 44 33 03',
  7: '00 40 16',
  8: '13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33',
  9: '06 36 45 41 30 10 01 02 13 43',
  '.': '06 06',
  '-': '13 33',
  '/': '06 40',
  '#': '10 16|30 36|02 42|04 44',
  "'": '00 01',
};

// Graded collectibles: a slab with its label strip, and what lies inside.

import { fittedSize, lettering } from './lettering.ts';
import { createRandom } from './random.ts';
import { drawing, fill, path, rect, stroke } from './svg.ts';

export interface Slab {
  /** Two short lines of the label. */
  readonly label: readonly [string, string];
  readonly certificate: string;
  /** 1 to 10, halves allowed. */
  readonly grade: number;
  readonly edition: { readonly number: number; readonly of: number };
  /** Drawn into a field of 800 x 1040, its corner at 0,0. */
  readonly inside: string;
  /** The table that the slab lies on. */
  readonly ground: string;
}

/** A slab of 1200 x 1600 pixels. */
export function drawSlab({ label, certificate, grade, edition, inside, ground }: Slab): string {
  const ink = '#16161c';
  return drawing(
    1200,
    1600,
    rect(0, 0, 1200, 1600, fill(ground)),
    rect(128, 88, 964, 1452, `rx="34" ${fill('#000000', 0.18)}`),
    rect(110, 64, 980, 1456, `rx="34" ${fill('#f4f6f7')} ${stroke(ink, 4)}`),
    rect(136, 90, 928, 1404, `rx="20" ${fill('#dfe5e8')} ${stroke('#aab4ba', 2)}`),
    rect(164, 118, 872, 248, `${fill('#ffffff')} ${stroke(ink, 4)}`),
    rect(164, 118, 872, 30, fill('#ff6a3d')),
    lettering('VAULT', { at: [186, 123], size: 20, colour: ink, weight: 0.16 }),
    lettering(`EDITION ${edition.number}/${edition.of}`, { at: [1014, 123], size: 20, colour: ink, weight: 0.16, align: 'end' }),
    lettering(label[0], { at: [190, 180], size: fittedSize(label[0], { largest: 46, width: LABEL_WIDTH }), colour: ink }),
    lettering(label[1], {
      at: [190, 250],
      size: fittedSize(label[1], { largest: 26, width: LABEL_WIDTH }),
      colour: ink,
      weight: 0.11,
    }),
    lettering(certificate, { at: [190, 316], size: 24, colour: '#5a6470', weight: 0.1 }),
    barcode(certificate),
    lettering(String(grade), { at: [1010, 188], size: 132, colour: ink, weight: 0.16, align: 'end' }),
    rect(184, 400, 832, 1072, `rx="10" ${fill('#c5ced3')}`),
    `<svg x="200" y="416" width="800" height="1040" viewBox="0 0 800 1040">${inside}</svg>`,
    path('M150 1480L520 104H610L240 1480z', fill('#ffffff', 0.13)),
    path('M300 1480L670 104H694L324 1480z', fill('#ffffff', 0.13)),
  );
}

// what the grade leaves free
const LABEL_WIDTH = 505;

function barcode(certificate: string): string {
  const random = createRandom(certificate);
  return Array.from({ length: 34 }, (_, i) =>
    random() < 0.62 ? rect(470 + i * 6, 312, random() < 0.4 ? 5 : 3, 32, fill('#16161c')) : '',
  ).join('');
}

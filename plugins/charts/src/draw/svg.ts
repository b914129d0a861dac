// Pieces of SVG. Coordinates are pixels of a picture 400 wide, which a phone shows about as wide as it is.
export const WIDTH = 400;
export const PAD = 14;
export const FONT = 'Instrument Sans';
export const INK = '#1c1b19';
export const QUIET = '#5c5a55';
export const HAIR = '#dcd9d2';
/** Colours that differ for the colour-blind too (Okabe and Ito). */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#aa4499', '#e69f00', '#56b4e9'] as const;
export const colourOf = (at: number): string => COLOURS[at % COLOURS.length] ?? INK;

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPED[sign] ?? '');

export interface Words {
  readonly x: number;
  /** Of the line that the letters stand on. */
  readonly y: number;
  readonly size?: number;
  readonly colour?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly isBold?: boolean;
}

export function words(text: string, { x, y, size = 12, colour = INK, anchor = 'start', isBold = false }: Words): string {
  const weight = isBold ? ' font-weight="700"' : '';
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}" fill="${colour}" text-anchor="${anchor}"${weight}>${escaped(text)}</text>`;
}

export const at = (pixels: number): string => pixels.toFixed(1);

/** About how wide a text is: rather too much than too little. */
export const widthOf = (text: string, size = 12): number =>
  [...text].reduce(
    (sum, sign) => sum + (/[\u2e80-\uffff\u{10000}-\u{10ffff}]/u.test(sign) ? 1.05 : /[A-ZMWmw@%]/.test(sign) ? 0.74 : 0.56),
    0,
  ) * size;

/** Cut to a width, with an ellipsis. */
export function fitted(text: string, width: number, size = 12): string {
  if (widthOf(text, size) <= width) return text;
  const signs = [...text];
  while (signs.length > 1 && widthOf(`${signs.join('')}…`, size) > width) signs.pop();
  return `${signs.join('').trimEnd()}…`;
}

/** Broken between words into lines of a width. */
export function lines(text: string, width: number, size: number, most: number): string[] {
  const broken: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = broken.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`, size) <= width) broken[broken.length - 1] = `${last} ${word}`;
    else broken.push(word);
  }
  const shown = broken.slice(0, most).map((line) => fitted(line, width, size));
  if (broken.length > most) shown[most - 1] = fitted(`${shown[most - 1]} …`, width, size);
  return shown;
}

// Wood type: lines of a title that each fill the measure, by the widths of Anybody at weight 900.

/** Thousandths of an em at 50 % and at 150 % width; between them it is a straight line. Capitals, for bills are set in them. */
const ADVANCES: Readonly<Record<string, readonly [narrow: number, wide: number]>> = {
  ' ': [100, 425],
  A: [380, 1195],
  B: [372, 1097],
  C: [371, 1084],
  D: [371, 1085],
  E: [251, 962],
  F: [250, 877],
  G: [373, 1134],
  H: [372, 1128],
  I: [187, 513],
  J: [369, 1087],
  K: [383, 1025],
  L: [254, 853],
  M: [605, 1408],
  N: [481, 1258],
  O: [369, 1130],
  P: [373, 1033],
  Q: [369, 1130],
  R: [376, 1074],
  S: [375, 1100],
  T: [311, 1069],
  U: [373, 1137],
  V: [386, 1116],
  W: [609, 1610],
  X: [404, 1102],
  Y: [399, 1143],
  Z: [255, 998],
  '.': [190, 371],
  ',': [206, 494],
  "'": [146, 278],
  '’': [136, 326],
  '-': [235, 754],
  '–': [269, 843],
};
const DIGIT = [367, 1000] as const;
const OTHER = [380, 1100] as const;
const CAP_HEIGHT = 0.69;
const GAP = 38;
/** The measure: lines are as wide as this, and sizes are parts of it. */
export const MEASURE = 1000;

export interface BillLine {
  readonly text: string;
  /** Per cent, 50 to 150. */
  readonly stretch: number;
  readonly size: number;
  /** Of the baseline, from the top. */
  readonly y: number;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  readonly height: number;
}

/**
 * Sets a title in capitals on at most `mostLines` lines of full measure, each as wide or narrow as it must be to stand near `size`.
 * Long titles get smaller, never cut.
 */
export function setBill(title: string, { mostLines = 3, size = 220 }: { mostLines?: number; size?: number } = {}): Bill {
  const words = title.toUpperCase().trim().split(/\s+/);
  const lines: BillLine[] = [];
  let y = 0;
  for (const text of breakInto(words, Math.min(mostLines, words.length))) {
    const stretch = stretchFor(text, size);
    const fitted = MEASURE / widthOf(text, stretch);
    y += fitted * CAP_HEIGHT + (lines.length > 0 ? GAP : 0);
    lines.push({ text, stretch: Math.round(stretch), size: round(fitted), y: round(y) });
  }
  return { lines, height: Math.ceil(y + GAP / 2) };
}

/** In em. */
function widthOf(text: string, stretch: number): number {
  const part = (stretch - 50) / 100;
  return [...text].reduce((sum, letter) => {
    const [narrow, wide] = ADVANCES[letter] ?? (/\d/.test(letter) ? DIGIT : OTHER);
    return sum + (narrow + (wide - narrow) * part) / 1000;
  }, 0);
}

/** The width at which the line fills the measure in this size, as far as the font goes. */
function stretchFor(text: string, size: number): number {
  const [narrow, wide] = [widthOf(text, 50), widthOf(text, 150)];
  return Math.min(150, Math.max(50, 50 + (100 * (MEASURE / size - narrow)) / (wide - narrow)));
}

/** Breaks between words so that the widest line is as narrow as can be: tries every break, for a title has few. */
function breakInto(words: readonly string[], count: number): string[] {
  if (count <= 1) return [words.join(' ')];
  let best: string[] = [words.join(' ')];
  for (let first = 1; first <= words.length - count + 1; first += 1) {
    const lines = [words.slice(0, first).join(' '), ...breakInto(words.slice(first), count - 1)];
    if (widest(lines) < widest(best)) best = lines;
  }
  return best;
}

const widest = (lines: readonly string[]) => Math.max(...lines.map((line) => widthOf(line, 100)));
const round = (value: number) => Math.round(value * 10) / 10;

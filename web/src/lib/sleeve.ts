// A sleeve for a record without one: lines that go zig and zag, and a sun, the same for the same id.

export interface Sleeve {
  /** Polylines in a box of 600 x 600. */
  readonly lines: readonly { readonly points: string; readonly width: number }[];
  readonly sun: { readonly x: number; readonly y: number };
}

const LINES = 14;

export function drawSleeve(id: string): Sleeve {
  const next = numbersOf(id);
  const lines = Array.from({ length: LINES }, (_, at) => {
    const corners = 4 + 2 * Math.floor(next() * 4);
    const y = 14 + (at * 590) / LINES;
    const points = Array.from({ length: corners + 1 }, (_, corner) => {
      const height = (corner % 2 === 0 ? -1 : 1) * (6 + at * 2.4);
      return `${round((corner * 600) / corners)},${round(y + height)}`;
    });
    return { points: points.join(' '), width: round(3 + at * 0.9) };
  });
  return { lines, sun: { x: Math.round(150 + next() * 320), y: Math.round(150 + next() * 140) } };
}

/** Numbers from 0 to 1 that follow from a text: a 32-bit linear congruential generator (Numerical Recipes, section 7.1). */
function numbersOf(text: string): () => number {
  let state = [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const round = (value: number) => Math.round(value * 10) / 10;

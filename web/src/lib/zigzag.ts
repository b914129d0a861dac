const MOST_CORNERS = 150;

/** The points of a polyline in a box of 1000 x 120: peaks from 0 to 1, one up, one down, the loudest of each stretch. */
export function zigzag(all: readonly number[]): string {
  const stretch = Math.max(1, Math.ceil(all.length / MOST_CORNERS));
  const peaks = Array.from({ length: Math.ceil(all.length / stretch) }, (_, at) =>
    Math.max(...all.slice(at * stretch, (at + 1) * stretch)),
  );
  const last = Math.max(1, peaks.length - 1);
  return peaks.map((peak, at) => `${round((at / last) * 1000)},${round(60 + (at % 2 === 0 ? -56 : 56) * peak)}`).join(' ');
}

const round = (value: number) => Math.round(value * 10) / 10;

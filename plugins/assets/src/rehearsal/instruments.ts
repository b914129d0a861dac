// Series 'Instruments': three studies of how sound would look.

import { between, createRandom, pick, type Random } from './random.ts';
import { circle, drawing, fill, mix, type Point, path, polygon, polyline, rect, stroke, wave } from './svg.ts';

/** Sixty lines that grow restless in the middle. */
export function loudRoom(): string {
  const random = createRandom('study for a loud room');
  const width = 1600;
  const height = 1600;
  const lines = Array.from({ length: 58 }, (_, i) => {
    const base = 330 + i * 20.5;
    const shape = wave(random, 7);
    const centre = between(random, 0.44, 0.56);
    const points: Point[] = [];
    for (let x = 190; x <= 1410; x += 6) {
      const share = (x - 190) / 1220;
      const calm = Math.exp(-(((share - centre) / 0.17) ** 2));
      points.push([x, base - calm * 150 * Math.max(0, 0.42 + shape(share * 3.4)) - 3 * shape(share * 21)]);
    }
    return polygon([...points, [1410, base + 30], [190, base + 30]], fill('#1730c9')) + polyline(points, stroke('#f4f1e6', 3.6));
  });
  return drawing(width, height, rect(0, 0, width, height, fill('#1730c9')), lines, rect(0, 1530, width, 70, fill('#1730c9')));
}

/** Three thousand grains of sand, followed for a minute. */
export function whereTheWindWent(): string {
  const random = createRandom('where the wind went');
  const width = 1600;
  const height = 1200;
  const swirls = Array.from({ length: 7 }, () => ({
    at: [between(random, 0, width), between(random, 0, height)] as const,
    turn: between(random, -1, 1) * 420,
  }));
  const palette = ['#ff5a36', '#ffb400', '#fdf0d5', '#fdf0d5', '#00a6a6', '#0b6e99'] as const;
  const threads = Array.from({ length: 1500 }, () => {
    let point: Point = [between(random, -60, width + 60), between(random, -60, height + 60)];
    const points = [point];
    const steps = Math.round(between(random, 16, 60));
    for (let i = 0; i < steps; i++) {
      point = drift(point, swirls);
      points.push(point);
    }
    return polyline(points, stroke(pick(random, palette), between(random, 1, 4.2), between(random, 0.55, 0.95)));
  });
  return drawing(width, height, rect(0, 0, width, height, fill('#14213d')), threads);
}

function drift([x, y]: Point, swirls: readonly { at: Point; turn: number }[]): Point {
  let dx = 1;
  let dy = 0.25 * Math.sin(x / 260);
  for (const { at, turn } of swirls) {
    const [rx, ry] = [x - at[0], y - at[1]];
    const pull = turn / (rx * rx + ry * ry + 9000);
    dx += -ry * pull;
    dy += rx * pull;
  }
  const length = Math.hypot(dx, dy) || 1;
  return [x + (dx / length) * 9, y + (dy / length) * 9];
}

/** Quarter circles that meet at every edge. */
export function chordInFourColours(): string {
  const random = createRandom('chord in four colours');
  const width = 1600;
  const height = 1600;
  const tile = 200;
  const tiles: string[] = [];
  for (let y = 0; y < height; y += tile) {
    for (let x = 0; x < width; x += tile) tiles.push(truchetTile([x, y], tile, random));
  }
  return drawing(width, height, rect(0, 0, width, height, fill('#f2ead8')), tiles);
}

function truchetTile([x, y]: Point, tile: number, random: Random): string {
  const ground = pick(random, ['#f2ead8', '#f2ead8', '#1b1b1e', '#d7263d']);
  const ink = pick(
    random,
    ground === '#f2ead8' ? ['#1b1b1e', '#d7263d', '#1b998b', '#f46036'] : ['#f2ead8', '#f2ead8', '#ffc145'],
  );
  const quarter = random() < 0.5;
  const corners: readonly [Point, Point] = quarter
    ? [
        [x, y],
        [x + tile, y + tile],
      ]
    : [
        [x + tile, y],
        [x, y + tile],
      ];
  const clip = `c${x}-${y}`;
  const arcs = corners.flatMap((corner) =>
    [0.84, 0.5, 0.16].map((share, i) =>
      circle(
        corner,
        tile * share,
        `fill="${i === 2 ? ink : 'none'}" ${stroke(i === 1 ? mix(ink, '#ffc145', 0.25) : ink, tile / 7.5)}`,
      ),
    ),
  );
  return [
    `<clipPath id="${clip}">${rect(x, y, tile, tile, '')}</clipPath>`,
    `<g clip-path="url(#${clip})">${rect(x, y, tile, tile, fill(ground))}`,
    arcs[0],
    arcs[1],
    arcs[2],
    path(quarterPath(corners[1], tile * 0.5, corners[0]), fill(ground)),
    arcs[4],
    arcs[5],
    '</g>',
  ].join('');
}

/** Covers the second corner's half, so that its arcs lie over the first's. */
function quarterPath([x, y]: Point, radius: number, [otherX, otherY]: Point): string {
  const sx = Math.sign(otherX - x);
  const sy = Math.sign(otherY - y);
  return `M${x} ${y}h${sx * radius}A${radius} ${radius} 0 0 ${sx * sy > 0 ? 1 : 0} ${x} ${y + sy * radius}z`;
}

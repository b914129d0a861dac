// Series 'Garden ledger': three things that grow by a rule.

import { between, createRandom, pick, type Random } from './random.ts';
import { bands, circle, drawing, fill, mix, type Point, polygon, polyline, ramp, rect, stroke } from './svg.ts';

/** 1,597 seeds at the golden angle. */
export function sunflowerCounted(): string {
  const width = 1600;
  const height = 1600;
  const golden = Math.PI * (3 - Math.sqrt(5));
  const petals = Array.from({ length: 68 }, (_, i) => {
    // the back row is drawn first, the front row between its petals
    const angle = ((i % 34) / 34 + (i < 34 ? 0 : 1 / 68)) * 2 * Math.PI;
    const long = i < 34 ? 740 : 690;
    const tip: Point = [800 + long * Math.cos(angle), 800 + long * Math.sin(angle)];
    const side = (turn: number): Point => [800 + 520 * Math.cos(angle + turn), 800 + 520 * Math.sin(angle + turn)];
    return polygon([[800, 800], side(0.12), tip, side(-0.12)], fill(i < 34 ? '#f18701' : '#f7b801'));
  });
  const seeds = Array.from({ length: 1597 }, (_, i) => {
    const share = i / 1597;
    const radius = 500 * Math.sqrt(share);
    const angle = i * golden;
    const colour = i % 21 === 0 ? '#ffe8a3' : i % 13 === 0 ? '#d9722e' : mix('#d08a45', '#7a3d16', share);
    return circle([800 + radius * Math.cos(angle), 800 + radius * Math.sin(angle)], 3.4 + 5.6 * Math.sqrt(share), fill(colour));
  });
  return drawing(
    width,
    height,
    rect(0, 0, width, height, fill('#bfe3e0')),
    petals,
    circle([800, 800], 516, fill('#3b1a0a')),
    seeds,
  );
}

/** Folded sheets above the roofs. */
export function paperBirds(): string {
  const random = createRandom('paper birds over lisbon');
  const width = 1600;
  const height = 1067;
  const houses: string[] = [];
  for (const [row, foot] of [700, 790, 900, 1067].entries()) {
    for (let x = -60; x < width; ) {
      const wide = between(random, 80, 150) * (0.7 + row * 0.22);
      houses.push(
        house({ at: [x, foot], wide, tall: between(random, 110, 210) * (0.6 + row * 0.24), random, haze: 0.45 - row * 0.15 }),
      );
      x += wide;
    }
  }
  const birds = Array.from({ length: 46 }, (_, i) => {
    const share = i / 46;
    const at: Point = [
      150 + 1330 * share + between(random, -70, 70),
      430 - 280 * Math.sin(share * 2.6) + between(random, -90, 90),
    ];
    return paperBird(
      at,
      between(random, 18, 30) + 40 * share ** 2,
      between(random, -35, 10),
      pick(random, ['#ffffff', '#fdf6e3', '#ffd9c7', '#d8ecff']),
    );
  });
  return drawing(
    width,
    height,
    bands({ width, top: 0, bottom: height }, ramp('#5cb8e6', '#fdebc8', 18)),
    circle([1330, 190], 80, fill('#fff4cf')),
    houses,
    birds,
  );
}

function house({
  at: [x, foot],
  wide,
  tall,
  random,
  haze,
}: {
  at: Point;
  wide: number;
  tall: number;
  random: Random;
  haze: number;
}): string {
  const tint = (colour: string) => mix(colour, '#fdebc8', Math.max(0, haze));
  const wall = tint(pick(random, ['#f6efe2', '#f2c46d', '#e9a6a1', '#a9cbd7', '#f6efe2', '#d9e3c0']));
  const roof = tint(pick(random, ['#c8553d', '#b5472f', '#d96c4a']));
  const top = foot - tall;
  const windows: string[] = [];
  for (let wy = top + 26; wy < foot - 40; wy += 52) {
    for (let wx = x + wide * 0.16; wx < x + wide * 0.8; wx += wide * 0.3) {
      windows.push(
        rect(wx, wy, wide * 0.15, 27, fill(tint('#345a70'))),
        rect(wx - 2, wy + 27, wide * 0.15 + 4, 4, fill(tint('#ffffff'))),
      );
    }
  }
  return [
    rect(x, top, wide + 1, tall + 400, fill(wall)),
    polygon(
      [
        [x - 8, top + 4],
        [x + wide + 8, top + 4],
        [x + wide * 0.78, top - wide * 0.3],
        [x + wide * 0.22, top - wide * 0.3],
      ],
      fill(roof),
    ),
    rect(x + wide * 0.62, top - wide * 0.44, wide * 0.1, wide * 0.26, fill(tint('#e8d9c0'))),
    ...windows,
  ].join('');
}

function paperBird([x, y]: Point, size: number, turn: number, colour: string): string {
  const parts = [
    polygon(
      [
        [-1.6, 0.1],
        [0, -0.25],
        [0.3, 0.35],
      ].map(scaled(size)),
      fill(mix(colour, '#7b8ea6', 0.35)),
    ),
    polygon(
      [
        [-0.35, -0.1],
        [0.55, -1.5],
        [0.45, 0.2],
      ].map(scaled(size)),
      fill(colour),
    ),
    polygon(
      [
        [-0.1, 0.05],
        [0.95, -1.05],
        [0.45, 0.25],
      ].map(scaled(size)),
      fill(mix(colour, '#7b8ea6', 0.2)),
    ),
    polygon(
      [
        [0.2, 0.1],
        [1.5, -0.35],
        [0.4, 0.4],
      ].map(scaled(size)),
      fill(mix(colour, '#7b8ea6', 0.12)),
    ),
  ];
  return `<g transform="translate(${Math.round(x)} ${Math.round(y)}) rotate(${Math.round(turn)})">${parts.join('')}</g>`;
}

function scaled(size: number): (point: readonly number[]) => Point {
  return ([x = 0, y = 0]) => [x * size, y * size];
}

/** Nine trees, each cut back to its own idea of a tree. */
export function orchardPruned(): string {
  const random = createRandom('orchard, pruned');
  const width = 1600;
  const height = 1200;
  const trees = [
    [230, 610, 0.6],
    [560, 600, 0.6],
    [890, 605, 0.6],
    [1220, 600, 0.6],
    [1500, 610, 0.6],
    [90, 830, 0.95],
    [620, 840, 1],
    [1140, 830, 0.95],
    [1560, 850, 1],
    [330, 1130, 1.5],
    [1000, 1150, 1.55],
  ] as const;
  return drawing(
    width,
    height,
    bands({ width, top: 0, bottom: 480 }, ramp('#f9e7e1', '#fdd0c0', 10)),
    bands({ width, top: 478, bottom: height }, ramp('#a8bd8a', '#3f5b3a', 12)),
    trees.map(([x, y, scale]) => {
      const shade = `<ellipse cx="${x + 30 * scale}" cy="${y}" rx="${120 * scale}" ry="${16 * scale}" fill="#22351f" fill-opacity=".45"/>`;
      const blossoms: string[] = [];
      const wood = branch({
        from: [x, y],
        angle: -Math.PI / 2,
        long: 105 * scale,
        thick: 17 * scale,
        depth: 7,
        scale,
        blossoms,
        random,
      });
      return shade + wood + blossoms.join('');
    }),
  );
}

interface Branch {
  readonly from: Point;
  readonly angle: number;
  readonly long: number;
  readonly thick: number;
  readonly depth: number;
  readonly scale: number;
  readonly blossoms: string[];
  readonly random: Random;
}

function branch(wood: Branch): string {
  const { from, angle, long, thick, depth, scale, blossoms, random } = wood;
  const to: Point = [from[0] + long * Math.cos(angle), from[1] + long * Math.sin(angle)];
  if (depth <= 2 && random() < 0.75) {
    blossoms.push(
      circle(to, between(random, 4, 10) * scale, fill(pick(random, ['#ffffff', '#ffe3ea', '#ffb7c8', '#f28ca6']), 0.92)),
    );
  }
  if (depth === 0) return '';
  const children = [between(random, -0.62, -0.25), between(random, 0.22, 0.6)].map((turn) =>
    branch({
      ...wood,
      from: to,
      angle: angle + turn,
      long: long * between(random, 0.7, 0.84),
      thick: thick * 0.68,
      depth: depth - 1,
    }),
  );
  return polyline([from, to], stroke('#3b2a26', thick)) + children.join('');
}

// Series 'Tidelands': three views of a coast.

import { between, createRandom } from './random.ts';
import {
  bands,
  circle,
  drawing,
  fill,
  glowStyle,
  hills,
  mix,
  type Point,
  path,
  polygon,
  polyline,
  ramp,
  rect,
  stroke,
  wave,
} from './svg.ts';

const WIDTH = 1600;
const HEIGHT = 1200;

/** Boats lie on the mud and wait for the water. */
export function harbourAtLowTide(): string {
  const random = createRandom('harbour at low tide');
  const far = wave(random);
  const near = wave(random);
  const shore = 560;
  const boats = [
    { at: [250, 850], size: 1.15, lean: -9, hull: '#c8452d' },
    { at: [600, 735], size: 0.75, lean: 7, hull: '#1f4e5f' },
    { at: [930, 900], size: 1.35, lean: 12, hull: '#e8e1cf' },
    { at: [1230, 720], size: 0.65, lean: -6, hull: '#d99a2b' },
    { at: [1430, 830], size: 0.95, lean: -13, hull: '#2d3b57' },
  ] as const;
  const glints = Array.from({ length: 160 }, () => {
    const y = shore + 4 + 110 * random() ** 1.6;
    return rect(
      between(random, 0, WIDTH),
      y,
      between(random, 20, 150),
      between(random, 1.5, 4),
      fill('#fbe9c9', between(random, 0.25, 0.8)),
    );
  });
  const pools = Array.from({ length: 26 }, () => {
    const y = shore + 140 + 480 * random();
    const reach = between(random, 60, 260) * ((y - 500) / 500);
    const x = between(random, -100, WIDTH);
    return path(
      `M${x} ${y}q${reach / 2} ${-reach / 9} ${reach} 0t${reach * 0.8} 4q${-reach} ${reach / 7} ${-reach * 1.8} -4z`,
      fill(mix('#f0cfa4', '#8fb0b5', random()), 0.75),
    );
  });
  return drawing(
    WIDTH,
    HEIGHT,
    bands({ width: WIDTH, top: 0, bottom: shore }, ramp('#7fa9b8', '#f6d9ae', 16)),
    circle([1130, 330], 74, fill('#fff3d6')),
    hills((x) => shore - 70 - 46 * far(x / 900), { width: WIDTH, height: shore }, fill('#8a9aa0')),
    hills((x) => shore - 24 - 26 * near(x / 600), { width: WIDTH, height: shore }, fill('#5d7378')),
    bands({ width: WIDTH, top: shore, bottom: shore + 120 }, ramp('#e9cfa2', '#7f9ca3', 8)),
    glints,
    bands({ width: WIDTH, top: shore + 118, bottom: HEIGHT }, ramp('#9c8468', '#41352d', 14)),
    pools,
    boats.map(({ at, size, lean, hull }) => boat({ at, size, lean, hull })),
  );
}

function boat({ at: [x, y], size, lean, hull }: { at: Point; size: number; lean: number; hull: string }): string {
  const parts = [
    path('M-120 -10q-10 60 40 66h130q56 -8 76 -74z', fill(hull)),
    path('M-120 -10q122 26 246 -8l6 -16q-130 30 -256 6z', fill(mix(hull, '#ffffff', 0.45))),
    path('M-60 -18v-44h74l10 40z', fill('#f4ecd8')),
    rect(-44, -52, 20, 18, fill('#35474e')),
    rect(-12, -52, 20, 18, fill('#35474e')),
    path('M30 -20V-250M30 -236L124 -30M30 -236L-112 -22M30 -190h64', `fill="none" ${stroke('#2b2723', 4.5)}`),
    path('M36 -210L84 -62L36 -54z', fill('#f4ecd8', 0.85)),
  ];
  const shadow = `<ellipse cx="${x + 10}" cy="${y + 56 * size}" rx="${150 * size}" ry="${15 * size}" fill="#1d1815" fill-opacity=".45"/>`;
  return `${shadow}<g transform="translate(${x} ${y}) scale(${size}) rotate(${lean})">${parts.join('')}</g>`;
}

/** Reeds in rows, paler the further away, and one creek that keeps the light. */
export function saltMarsh(): string {
  const random = createRandom('salt marsh, first frost');
  const horizon = 380;
  const rows = Array.from({ length: 15 }, (_, row) => {
    const share = row / 14;
    const y = horizon + 30 + 800 * share ** 1.45;
    const bend = creek(y);
    const tall = 26 + 190 * share;
    const colour = mix('#c3ccc6', '#4a3f33', share ** 0.8);
    const reeds = Array.from({ length: Math.round(300 - 150 * share) }, () => {
      const x = between(random, -40, WIDTH + 40);
      if (Math.abs(x - bend.x) < bend.half) return '';
      const tip = between(random, -0.5, 0.75) * tall * 0.5;
      const top = y - tall * between(random, 0.45, 1);
      const tint = random() < 0.16 ? '#f7f4ea' : random() < 0.2 ? '#b98a4e' : colour;
      return path(`M${x} ${y}Q${x} ${(y + top) / 2} ${x + tip} ${top}`, `fill="none" ${stroke(tint, 1.2 + 3 * share, 0.85)}`);
    });
    return reeds.join('');
  });
  const left: Point[] = [];
  const right: Point[] = [];
  for (let y = horizon; y <= HEIGHT; y += 10) {
    const { x, half } = creek(y);
    left.push([x - half, y]);
    right.unshift([x + half, y]);
  }
  return drawing(
    WIDTH,
    HEIGHT,
    bands({ width: WIDTH, top: 0, bottom: horizon }, ramp('#aebfcb', '#f5ddd2', 14)),
    circle([520, 300], 58, fill('#fff8ee')),
    bands({ width: WIDTH, top: horizon, bottom: HEIGHT }, ramp('#d3d6cd', '#6d5e4b', 18)),
    polygon([...left, ...right], fill('#dfe7ea')),
    polygon(
      [...left.map(([x, y]): Point => [x + 6, y]), ...right.map(([x, y]): Point => [x - (y - horizon) / 14, y])],
      fill('#f3d9cd', 0.7),
    ),
    rows,
  );
}

function creek(y: number): { x: number; half: number } {
  const depth = (y - 380) / 820;
  return { x: 800 + 330 * Math.sin(depth * 5.2 + 0.6) * (0.25 + depth * 0.8), half: 5 + 130 * depth ** 1.7 };
}

/** Planks and lamps meet where the sea begins. */
export function longPier(): string {
  const random = createRandom('the long pier at dusk');
  const eye: Point = [860, 520];
  const toward = (x: number, y: number, share: number): Point => [x + (eye[0] - x) * share, y + (eye[1] - y) * share];
  const planks = Array.from({ length: 60 }, (_, i) => {
    const near = 1 - 1 / (1 + i * 0.17);
    const far = 1 - 1 / (1 + (i + 0.86) * 0.17);
    const corners = [toward(120, HEIGHT, near), toward(1420, HEIGHT, near), toward(1420, HEIGHT, far), toward(120, HEIGHT, far)];
    const tone = between(random, -0.07, 0.07);
    return polygon(corners, fill(mix('#2c2233', '#8d5d5b', Math.min(1, Math.max(0, near + tone)))));
  });
  const posts = Array.from({ length: 11 }, (_, i) => {
    const share = 1 - 1 / (1 + (10 - i) * 0.55);
    const scale = 1 - share;
    return [60, 1480].map((side) => {
      const [x, y] = toward(side, HEIGHT + 20, share);
      const top = y - 620 * scale;
      return [
        rect(x - 13 * scale, top, 26 * scale, y - top, fill('#1c1622')),
        rect(x - 24 * scale, top - 34 * scale, 48 * scale, 40 * scale, fill('#ffe3a3')),
        circle([x, top - 14 * scale], 210 * scale + 6, 'fill="url(#lamp)"'),
      ].join('');
    });
  });
  const rails = [60, 1480].flatMap((side) =>
    [1, 0.72].map((level) =>
      polyline(
        [toward(side, HEIGHT + 20 - 330 * level, 0), toward(side, HEIGHT + 20 - 330 * level, 0.985)],
        stroke('#1c1622', 7 * level),
      ),
    ),
  );
  const glints = Array.from({ length: 220 }, () => {
    const y = eye[1] + 300 * random() ** 1.8;
    return rect(
      between(random, 0, WIDTH),
      y,
      between(random, 12, 90),
      2.5,
      fill(random() < 0.5 ? '#f59f6c' : '#7a5a86', between(random, 0.25, 0.75)),
    );
  });
  return drawing(
    WIDTH,
    HEIGHT,
    `<defs>${glowStyle('lamp', '#ffcf7d')}</defs>`,
    bands({ width: WIDTH, top: 0, bottom: 290 }, ramp('#2a2750', '#a04d74', 11)),
    bands({ width: WIDTH, top: 288, bottom: eye[1] }, ramp('#b5567a', '#ffb169', 9)),
    circle([eye[0], eye[1] - 6], 92, fill('#ffe0a0')),
    bands({ width: WIDTH, top: eye[1], bottom: HEIGHT }, ramp('#c96f63', '#241d3d', 16)),
    glints,
    planks,
    rails,
    posts.flat(),
  );
}

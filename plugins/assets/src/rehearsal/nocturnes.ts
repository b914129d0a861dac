// Series 'Nocturnes': three places after dark.

import { between, createRandom, pick, type Random } from './random.ts';
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

/** Awnings, strings of bulbs, and people who stay too long. */
export function nightMarket(): string {
  const random = createRandom('night market');
  const width = 1600;
  const height = 1200;
  const stripes = ['#e4572e', '#f3a712', '#29bf9f', '#e85d94', '#5b8def'] as const;
  const rows = [560, 740, 960].map((y, row) => {
    const scale = [0.55, 0.78, 1.12][row] ?? 1;
    const stallWidth = 300 * scale;
    const stalls = Array.from({ length: Math.ceil(width / (stallWidth * 1.08)) + 1 }, (_, i) =>
      stall({ at: [i * stallWidth * 1.08 - (row % 2) * 130, y], scale, colour: pick(random, stripes), random }),
    );
    const people = Array.from({ length: 15 - row * 3 }, () =>
      person([between(random, 0, width), y + 150 * scale], scale, random),
    );
    return [...stalls, ...people].join('');
  });
  const strings = [130, 250, 350].map((y, i) => garland({ y, sag: 90 - i * 18, bulbs: 15 + i * 5, size: 9 - i * 2 }));
  return drawing(
    width,
    height,
    `<defs>${glowStyle('warm', '#ffc65c')}${glowStyle('rose', '#ff7ba5')}</defs>`,
    bands({ width, top: 0, bottom: height }, ramp('#0c1030', '#2c1b3f', 20)),
    Array.from({ length: 120 }, () =>
      circle([between(random, 0, width), 420 * random()], between(random, 0.6, 2), fill('#dfe6ff', between(random, 0.3, 0.9))),
    ),
    skyline(random, width, 470),
    strings,
    rows,
  );
}

function stall({ at: [x, y], scale, colour, random }: { at: Point; scale: number; colour: string; random: Random }): string {
  const wide = 280 * scale;
  const awning = Array.from({ length: 8 }, (_, i) => {
    const left = x + (i * wide) / 8;
    const shade = i % 2 === 0 ? colour : '#fbf1dc';
    const drop = y - 34 * scale;
    return (
      polygon(
        [
          [left + (4 - i) * 6 * scale, y - 130 * scale],
          [left + wide / 8 + (3 - i) * 6 * scale, y - 130 * scale],
          [left + wide / 8, drop],
          [left, drop],
        ],
        fill(shade),
      ) + circle([left + wide / 16, drop], wide / 16, fill(shade))
    );
  });
  const goods = Array.from({ length: 11 }, (_, i) =>
    circle(
      [x + 22 * scale + i * 24 * scale, y + 52 * scale - (i % 2) * 10 * scale],
      between(random, 9, 15) * scale,
      fill(pick(random, ['#f3a712', '#e4572e', '#8cc152', '#e8e1cf'])),
    ),
  );
  return [
    rect(x + 6 * scale, y - 40 * scale, wide - 12 * scale, 230 * scale, fill('#2b1a24')),
    rect(x + 6 * scale, y - 40 * scale, wide - 12 * scale, 100 * scale, fill('#ffb84d', 0.55)),
    circle([x + wide / 2, y], 190 * scale, 'fill="url(#warm)"'),
    goods.join(''),
    rect(x, y + 60 * scale, wide, 30 * scale, fill('#5d3a2a')),
    rect(x, y + 88 * scale, wide, 110 * scale, fill('#1d1220')),
    awning.join(''),
  ].join('');
}

function person([x, y]: Point, scale: number, random: Random): string {
  const tall = between(random, 120, 165) * scale;
  const wide = between(random, 34, 48) * scale;
  const coat = pick(random, ['#140c1c', '#1d1430', '#0e1a2b', '#2a0f1c']);
  return (
    path(
      `M${x - wide} ${y + 60 * scale}Q${x - wide} ${y - tall * 0.7} ${x} ${y - tall * 0.72}Q${x + wide} ${y - tall * 0.7} ${x + wide} ${y + 60 * scale}z`,
      fill(coat),
    ) + circle([x, y - tall * 0.82], 21 * scale, fill(mix(coat, '#7a4a3a', 0.35)))
  );
}

function garland({ y, sag, bulbs, size }: { y: number; sag: number; bulbs: number; size: number }): string {
  const at = (share: number): Point => [1600 * share, y + sag * (1 - (((share * 3) % 1) * 2 - 1) ** 2)];
  const line = Array.from({ length: 121 }, (_, i) => at(Math.min(0.9999, i / 120)));
  const lights = Array.from({ length: bulbs * 2 }, (_, i) => {
    const [x, top] = at((i + 0.5) / (bulbs * 2));
    const rose = i % 5 === 0;
    return (
      circle([x, top + size], size * 5, `fill="url(#${rose ? 'rose' : 'warm'})"`) +
      circle([x, top + size], size, fill(rose ? '#ffd0de' : '#fff0c2'))
    );
  });
  return polyline(line, stroke('#4b3f66', 2.5)) + lights.join('');
}

function skyline(random: Random, width: number, foot: number): string[] {
  const houses: string[] = [];
  for (let x = -20; x < width; ) {
    const wide = between(random, 50, 130);
    const tall = between(random, 40, 190);
    houses.push(rect(x, foot - tall, wide, tall + 200, fill(mix('#141735', '#231a3d', random()))));
    for (let i = 0; i < 5; i++) {
      if (random() < 0.4)
        houses.push(rect(x + between(random, 8, wide - 16), foot - between(random, 12, tall), 7, 10, fill('#ffd68a', 0.7)));
    }
    x += wide;
  }
  return houses;
}

/** A lit train on a viaduct, and mountains that pay no attention. */
export function lastTrain(): string {
  const random = createRandom('last train out of the valley');
  const width = 1600;
  const height = 1067;
  const deck = 690;
  const ranges = ramp('#5d7aa0', '#0f1c2e', 6).map((colour, i) => {
    const shape = wave(random, 6);
    const base = 330 + i * 92;
    return hills(
      (x) => base - (150 - i * 14) * Math.abs(shape(x / (900 - i * 60))) - 20 * shape(x / 210),
      { width, height },
      fill(colour),
    );
  });
  const arches = Array.from({ length: 9 }, (_, i) => {
    const x = i * 190 - 40;
    return path(`M${x} ${height}V${deck + 90}a70 78 0 0 1 140 0V${height}z`, fill('#1b2c44'));
  });
  const carriages = Array.from({ length: 5 }, (_, i) => {
    const x = 420 + i * 214;
    const windows = Array.from({ length: 7 }, (_, w) =>
      rect(x + 16 + w * 26, deck - 54, 17, 22, fill(random() < 0.82 ? '#ffdf8e' : '#3a3446')),
    );
    return (
      rect(x, deck - 72, 204, 62, `rx="9" ${fill(i === 0 ? '#c0392b' : '#8e2f3b')}`) +
      rect(x, deck - 30, 204, 6, fill('#f2e6c9')) +
      windows.join('')
    );
  });
  return drawing(
    width,
    height,
    `<defs>${glowStyle('lamp', '#ffe9ac')}${glowStyle('moon', '#eef4ff')}</defs>`,
    bands({ width, top: 0, bottom: 620 }, ramp('#0b1730', '#7f93ad', 20)),
    Array.from({ length: 260 }, () =>
      circle(
        [between(random, 0, width), 380 * random() ** 1.5],
        between(random, 0.5, 2.1),
        fill('#ffffff', between(random, 0.25, 0.95)),
      ),
    ),
    circle([1240, 190], 210, 'fill="url(#moon)"'),
    circle([1240, 190], 62, fill('#f6f2df')),
    circle([1216, 178], 13, fill('#e2dcc4')),
    circle([1258, 210], 9, fill('#e2dcc4')),
    ranges.slice(0, 5),
    rect(0, deck, width, height - deck, fill('#0c1524')),
    arches,
    rect(0, deck - 10, width, 26, fill('#22344f')),
    rect(0, deck + 16, width, 6, fill('#0a111d')),
    carriages,
    circle([418, deck - 36], 150, 'fill="url(#lamp)"'),
    polygon(
      [
        [414, deck - 44],
        [60, deck - 120],
        [60, deck + 10],
        [414, deck - 28],
      ],
      fill('#ffe9ac', 0.22),
    ),
    hills((x) => 985 - 34 * Math.sin(x / 190) - 18 * Math.sin(x / 61), { width, height }, fill('#070d17')),
    Array.from({ length: 90 }, (_, i) => {
      const x = i * 18 + between(random, -7, 7);
      const tall = between(random, 40, 130);
      const foot = 1010 - 34 * Math.sin(x / 190);
      return polygon(
        [
          [x, foot - tall],
          [x + tall / 5, foot + 20],
          [x - tall / 5, foot + 20],
        ],
        fill('#050a12'),
      );
    }),
  );
}

/** Six hundred windows sleep; count the others. */
export function sevenWindows(): string {
  const random = createRandom('seven windows awake');
  const width = 1200;
  const height = 1600;
  const towers = [
    { x: 40, y: 520, columns: 7, rows: 24, colour: '#2b3a67' },
    { x: 320, y: 250, columns: 8, rows: 30, colour: '#22305a' },
    { x: 640, y: 640, columns: 6, rows: 21, colour: '#31427a' },
    { x: 880, y: 380, columns: 7, rows: 27, colour: '#1c2850' },
  ] as const;
  const lit = new Set(['0:3:5', '0:15:1', '1:6:6', '1:20:2', '2:9:4', '3:4:1', '3:17:5']);
  const glows: string[] = [];
  const blocks = towers.map(({ x, y, columns, rows, colour }, tower) => {
    const wide = columns * 38 + 22;
    const windows: string[] = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const left = x + 18 + column * 38;
        const top = y + 26 + row * 44;
        const awake = lit.has(`${tower}:${row}:${column}`);
        if (awake) glows.push(circle([left + 12, top + 14], 120, 'fill="url(#light)"'));
        windows.push(rect(left, top, 24, 28, fill(awake ? '#ffd966' : mix(colour, '#0b1026', between(random, 0.35, 0.75)))));
        if (awake) windows.push(rect(left + 11, top, 2.5, 28, fill('#a97a1f')));
      }
    }
    const roof =
      rect(x + wide * 0.3, y - 26, wide * 0.28, 28, fill(mix(colour, '#000000', 0.3))) +
      path(`M${x + wide * 0.7} ${y}v-74m-14 20h28`, `fill="none" ${stroke('#141c3c', 4)}`);
    return (
      roof +
      rect(x, y, wide, height - y, fill(colour)) +
      rect(x + wide - 16, y, 16, height - y, fill('#0b1026', 0.35)) +
      windows.join('')
    );
  });
  return drawing(
    width,
    height,
    `<defs>${glowStyle('light', '#ffd966')}</defs>`,
    bands({ width, top: 0, bottom: height }, ramp('#070b1f', '#51568f', 22)),
    Array.from({ length: 150 }, () =>
      circle([between(random, 0, width), 700 * random()], between(random, 0.7, 2), fill('#ffffff', between(random, 0.2, 0.8))),
    ),
    path('M1010 150a66 66 0 1 0 60 96a52 52 0 1 1 -60 -96z', fill('#f7efcf')),
    blocks,
    glows,
    rect(0, 1560, width, 40, fill('#060916')),
  );
}

// What lies in the slabs: six small drawings of 800 x 1040.

import { lettering } from './lettering.ts';
import { between, createRandom } from './random.ts';
import { bands, circle, fill, glowStyle, mix, type Point, path, polygon, polyline, ramp, rect, stroke } from './svg.ts';

const SIZE = { width: 800, height: 1040 };

/** A trading card: a frame, a picture, a nameplate. */
function card({ frame, name, picture }: { frame: string; name: string; picture: string }): string {
  return [
    rect(0, 0, SIZE.width, SIZE.height, `rx="26" ${fill(frame)}`),
    `<svg x="36" y="36" width="728" height="846" viewBox="0 0 728 846">${picture}</svg>`,
    rect(36, 36, 728, 846, `fill="none" ${stroke('#16161c', 6)}`),
    lettering(name, { at: [400, 933], size: 42, colour: '#16161c', weight: 0.16, align: 'middle' }),
  ].join('');
}

export function fox(): string {
  const ear = (side: number) =>
    polygon(
      [
        [364 + side * 70, 330],
        [364 + side * 200, 130],
        [364 + side * 212, 420],
      ],
      fill('#e2571e'),
    ) +
    polygon(
      [
        [364 + side * 112, 330],
        [364 + side * 186, 200],
        [364 + side * 192, 390],
      ],
      fill('#35202a'),
    );
  const eye = (side: number) =>
    path(`M${364 + side * 52} 520q${side * 56} -62 ${side * 112} -6q${-side * 56} 40 ${-side * 112} 6z`, fill('#fff2a8')) +
    circle([364 + side * 106, 500], 17, fill('#16161c'));
  return card({
    frame: '#c7f03c',
    name: 'FOX IN HEADLIGHTS',
    picture: [
      bands({ width: 728, top: 0, bottom: 846 }, ramp('#101334', '#3d2a5c', 12)),
      polygon(
        [
          [0, 846],
          [250, 420],
          [478, 420],
          [728, 846],
        ],
        fill('#2a2a38'),
      ),
      polygon(
        [
          [352, 846],
          [360, 700],
          [368, 700],
          [376, 846],
        ],
        fill('#f2e6c9'),
      ),
      polygon(
        [
          [364, 500],
          [-120, -40],
          [-120, 500],
        ],
        fill('#fff6c9', 0.13),
      ),
      polygon(
        [
          [364, 500],
          [848, -40],
          [848, 500],
        ],
        fill('#fff6c9', 0.13),
      ),
      ear(-1),
      ear(1),
      polygon(
        [
          [140, 420],
          [364, 300],
          [588, 420],
          [520, 640],
          [364, 770],
          [208, 640],
        ],
        fill('#f26a24'),
      ),
      polygon(
        [
          [140, 420],
          [330, 620],
          [364, 770],
          [208, 640],
        ],
        fill('#fbeee0'),
      ),
      polygon(
        [
          [588, 420],
          [398, 620],
          [364, 770],
          [520, 640],
        ],
        fill('#fbeee0'),
      ),
      polygon(
        [
          [318, 700],
          [410, 700],
          [364, 772],
        ],
        fill('#16161c'),
      ),
      eye(-1),
      eye(1),
    ].join(''),
  });
}

export function moth(): string {
  const wing = (side: number) => {
    const x = (dx: number) => 364 + side * dx;
    return [
      path(`M${x(10)} 380C${x(120)} 120 ${x(350)} 90 ${x(345)} 260C${x(340)} 400 ${x(170)} 470 ${x(10)} 450z`, fill('#e8d3a4')),
      path(`M${x(10)} 440C${x(150)} 460 ${x(280)} 520 ${x(235)} 650C${x(190)} 730 ${x(70)} 640 ${x(10)} 500z`, fill('#c89f6a')),
      path(`M${x(60)} 330C${x(150)} 200 ${x(280)} 170 ${x(320)} 220`, `fill="none" ${stroke('#8b5a3c', 9)}`),
      path(`M${x(50)} 400C${x(160)} 330 ${x(260)} 330 ${x(320)} 310`, `fill="none" ${stroke('#8b5a3c', 6)}`),
      circle([x(225), 275], 46, fill('#35202a')),
      circle([x(225), 275], 26, fill('#ff6a3d')),
      circle([x(150), 590], 30, fill('#35202a')),
      circle([x(150), 590], 14, fill('#f3d27a')),
      path(`M${x(6)} 300q${side * 40} -110 ${side * 110} -130`, `fill="none" ${stroke('#35202a', 6)}`),
    ].join('');
  };
  const rays = Array.from({ length: 36 }, (_, i) => {
    const angle = (i / 36) * 2 * Math.PI;
    const at = (turn: number): Point => [364 + 700 * Math.cos(angle + turn), 420 + 700 * Math.sin(angle + turn)];
    return i % 2 === 0 ? polygon([[364, 420], at(-0.087), at(0.087)], fill('#24506b')) : '';
  });
  return card({
    frame: '#f3d27a',
    name: 'MOTH NO. 1',
    picture: [
      rect(0, 0, 728, 846, fill('#1b3d54')),
      ...rays,
      circle([364, 420], 330, fill('#f8edcf', 0.16)),
      wing(-1),
      wing(1),
      `<ellipse cx="364" cy="430" rx="34" ry="150" fill="#4a2f22"/>`,
      ...[360, 400, 440, 480, 520].map((y) => rect(332, y, 64, 9, fill('#e8d3a4'))),
      circle([364, 282], 40, fill('#35202a')),
    ].join(''),
  });
}

export function owl(): string {
  const random = createRandom('owl of platform nine');
  const feathers = Array.from({ length: 60 }, (_, i) => {
    const row = Math.floor(i / 8);
    const x = 196 + (i % 8) * 48 + (row % 2) * 24;
    return circle([x, 520 + row * 36], 25, fill(mix('#7a5c48', '#d8b98c', between(random, 0, 1))));
  });
  const eye = (side: number) =>
    [96, 74, 40]
      .map((radius, i) => circle([364 + side * 92, 340], radius, fill(['#f4e6c8', '#ffb627', '#16161c'][i] ?? '')))
      .join('') + circle([364 + side * 92 + 14, 322], 12, fill('#ffffff'));
  return card({
    frame: '#8fc7d9',
    name: 'OWL OF PLATFORM 9',
    picture: [
      bands({ width: 728, top: 0, bottom: 846 }, ramp('#3b5b6d', '#172532', 10)),
      ...[90, 250, 478, 638].map((x) => rect(x - 10, 0, 20, 846, fill('#24394a'))),
      path('M0 120Q364 -60 728 120', `fill="none" ${stroke('#24394a', 22)}`),
      path('M150 420Q150 170 364 170Q578 170 578 420V690Q578 800 364 800Q150 800 150 690z', fill('#5b4335')),
      polygon(
        [
          [160, 300],
          [150, 120],
          [300, 200],
        ],
        fill('#5b4335'),
      ),
      polygon(
        [
          [568, 300],
          [578, 120],
          [428, 200],
        ],
        fill('#5b4335'),
      ),
      `<clipPath id="belly"><ellipse cx="364" cy="640" rx="160" ry="170"/></clipPath><g clip-path="url(#belly)">${feathers.join('')}</g>`,
      eye(-1),
      eye(1),
      polygon(
        [
          [330, 390],
          [398, 390],
          [364, 460],
        ],
        fill('#ff6a3d'),
      ),
      rect(0, 776, 728, 70, fill('#c9b48a')),
      rect(0, 776, 728, 12, fill('#f3e3b9')),
      circle([610, 150], 74, fill('#16161c')),
      circle([610, 150], 62, fill('#fdfaf0')),
      lettering('9', { at: [610, 118], size: 66, colour: '#16161c', weight: 0.18, align: 'middle' }),
    ].join(''),
  });
}

export function whale(): string {
  const swell = (y: number, colour: string, shift: number) =>
    path(`M${-shift} ${y}${'q70 -52 140 0t140 0'.repeat(4)}V1040H${-shift}z`, fill(colour));
  const drops = Array.from({ length: 15 }, (_, i) => {
    const angle = Math.PI * (1.12 + (i / 14) * 0.76);
    const far = 74 + (i % 3) * 20;
    return path(
      `M${520 + 10 * Math.cos(angle)} 432Q${520 + far * 0.5 * Math.cos(angle)} ${370 + far * 0.8 * Math.sin(angle)} ${520 + far * Math.cos(angle)} ${415 + far * 0.8 * Math.sin(angle)}`,
      `fill="none" ${stroke('#ffffff', 9)}`,
    );
  });
  return [
    rect(0, 0, SIZE.width, SIZE.height, fill('#fdf3d8')),
    rect(0, 0, SIZE.width, 210, fill('#e63329')),
    lettering('WHALE', { at: [400, 40], size: 130, colour: '#fff7e0', weight: 0.2, align: 'middle' }),
    lettering('NO. 1  FIRST PRINTING', { at: [36, 230], size: 24, colour: '#16161c', weight: 0.14 }),
    lettering('50 CENTS', { at: [764, 230], size: 24, colour: '#16161c', weight: 0.14, align: 'end' }),
    bands({ width: 800, top: 280, bottom: 760 }, ramp('#ffd25a', '#ff8f5a', 9)),
    circle([190, 500], 96, fill('#fff3c4')),
    ...drops,
    path('M120 760C110 520 330 420 520 425C690 430 770 560 760 760z', fill('#23406e')),
    path('M120 760C180 640 330 700 420 760z', fill('#e9eef3')),
    path(
      'M140 640C60 600 30 520 60 440C110 470 120 520 150 560C170 510 210 480 270 480C260 570 200 630 150 650z',
      fill('#23406e'),
    ),
    circle([640, 590], 19, fill('#ffffff')),
    circle([644, 592], 10, fill('#16161c')),
    ...[0, 1, 2, 3, 4].map((i) => path(`M${470 + i * 46} 700q40 30 96 24`, `fill="none" ${stroke('#5d7fb5', 6)}`)),
    swell(760, '#2b8ca3', 40),
    swell(840, '#1f6f8b', 110),
    swell(930, '#15526b', 70),
    rect(0, 0, SIZE.width, SIZE.height, `fill="none" ${stroke('#16161c', 12)}`),
  ].join('');
}

export function cometPin(): string {
  const star = (at: Point, radius: number, colour: string) =>
    polygon(
      Array.from({ length: 10 }, (_, i): Point => {
        const angle = (i / 10) * 2 * Math.PI - Math.PI / 2;
        const reach = i % 2 === 0 ? radius : radius * 0.46;
        return [at[0] + reach * Math.cos(angle), at[1] + reach * Math.sin(angle)];
      }),
      `${fill(colour)} ${stroke('#d4a437', 14)}`,
    );
  const tails = [
    { colour: '#e63946', bend: -90 },
    { colour: '#ffb703', bend: 0 },
    { colour: '#2a9d8f', bend: 90 },
  ];
  return [
    rect(0, 0, SIZE.width, SIZE.height, fill('#20222b')),
    ...Array.from({ length: 13 }, (_, i) => rect(i * 64, 0, 2, 1040, fill('#ffffff', 0.05))),
    circle([408, 548], 330, fill('#000000', 0.35)),
    circle([400, 530], 330, fill('#d4a437')),
    circle([400, 530], 306, fill('#1b3a8c')),
    ...tails.map(({ colour, bend }) =>
      path(
        `M500 430Q${330 + bend * 0.7} ${540 + bend} ${210 + bend * 0.55} ${700 + bend * 0.35}L${280 + bend * 0.55} ${745 + bend * 0.35}Q${420 + bend * 0.6} ${620 + bend * 0.9} 560 490z`,
        `${fill(colour)} ${stroke('#d4a437', 9)}`,
      ),
    ),
    star([535, 425], 128, '#fff1c9'),
    ...(
      [
        [250, 380],
        [330, 300],
        [640, 640],
        [560, 720],
      ] as const
    ).map((at) => circle(at, 15, `${fill('#fff1c9')} ${stroke('#d4a437', 6)}`)),
    path('M190 400A250 250 0 0 1 330 270', `fill="none" ${stroke('#ffffff', 12, 0.5)}`),
    lettering('COMET', { at: [400, 920], size: 54, colour: '#d4a437', weight: 0.15, align: 'middle' }),
  ].join('');
}

export function openingNight(): string {
  const bulbs = Array.from({ length: 26 }, (_, i) => {
    const across = i % 13;
    const at: Point = [100 + across * 50, i < 13 ? 150 : 480];
    return circle(at, 24, 'fill="url(#bulb)"') + circle(at, 9, fill('#fff3c4'));
  });
  const teeth = Array.from({ length: 20 }, (_, i) => circle([40 + i * 38, 760], 9, fill('#20222b')));
  return [
    `<defs>${glowStyle('bulb', '#ffd86b')}</defs>`,
    rect(0, 0, SIZE.width, SIZE.height, fill('#20222b')),
    rect(30, 60, 740, 920, `rx="18" ${fill('#f6ead0')}`),
    rect(60, 120, 680, 390, fill('#a4161a')),
    ...Array.from({ length: 9 }, (_, i) =>
      path(`M${80 + i * 74} 170q30 150 -6 290h56q26 -150 -4 -290z`, fill(i % 2 === 0 ? '#7d0d14' : '#c7262c')),
    ),
    polygon(
      [
        [400, 170],
        [250, 460],
        [550, 460],
      ],
      fill('#ffe9ac', 0.5),
    ),
    path('M300 460h200v-40q-100 -30 -200 0z', fill('#3a1b1d')),
    ...bulbs,
    lettering('OPENING', { at: [400, 550], size: 84, colour: '#16161c', weight: 0.17, align: 'middle' }),
    lettering('NIGHT', { at: [400, 656], size: 74, colour: '#a4161a', weight: 0.17, align: 'middle' }),
    ...teeth,
    lettering('ROW C   SEAT 17', { at: [400, 800], size: 44, colour: '#16161c', weight: 0.14, align: 'middle' }),
    lettering('DOORS 19.30   ADMIT ONE', { at: [400, 880], size: 28, colour: '#16161c', weight: 0.12, align: 'middle' }),
    polyline(
      [
        [90, 938],
        [710, 938],
      ],
      stroke('#16161c', 3),
    ),
    circle([30, 760], 30, fill('#20222b')),
    circle([770, 760], 30, fill('#20222b')),
  ].join('');
}

import { expect, test } from 'vitest';
import { assertDrawable, type Chart, descriptionOf, sumOf, tableOf } from './chart.ts';
import { drawSvg } from './draw/draw.ts';
import { scaleOf } from './draw/scale.ts';

const chart = (more: Partial<Chart> = {}): Chart => ({
  ...{ kind: 'bar', title: 'Sales', unit: 'EUR', categories: ['May', 'June'], series: [{ name: 'Web', values: ['12.50', '7'] }] },
  ...more,
});

test('sums are exact, with the decimals of the longest', () => {
  expect(sumOf(['0.1', '0.2'])).toBe('0.3');
  expect(sumOf(['12.50', '7', '-0.05'])).toBe('19.45');
  expect(sumOf(['999999999999999.999999', '0.000001'])).toBe('1000000000000000.000000');
  expect(sumOf(['-0.50', '0.25'])).toBe('-0.25');
  expect(sumOf(['1', '2'])).toBe('3');
});

test('the table says each value as it was told, and a name breaks out of no cell', () => {
  expect(tableOf(chart({ categories: ['a | b', 'c\\'] }))).toBe(
    ['|  | Web (EUR) |', '|---|---|', '| a \\| b | 12.50 |', '| c\\\\ | 7 |'].join('\n'),
  );
  expect(descriptionOf(chart())).toBe('Bars in EUR. Web: May 12.50, June 7.');
});

test('what cannot be drawn is refused with a code of its own', () => {
  const refused: readonly (readonly [Partial<Chart>, string])[] = [
    [{ series: [{ name: 'Web', values: ['1'] }] }, 'uneven_series'],
    [{ series: ['Web', 'Web'].map((name) => ({ name, values: ['1', '2'] })) }, 'same_name'],
    [{ kind: 'stacked', series: [{ name: 'Web', values: ['1', '-0.5'] }] }, 'negative_part'],
    [
      {
        categories: Array.from({ length: 31 }, (_, n) => `${n}`),
        series: ['a', 'b'].map((name) => ({ name, values: Array(31).fill('1') })),
      },
      'too_many_values',
    ],
  ];
  for (const [more, code] of refused)
    expect(() => assertDrawable(chart(more))).toThrow(expect.objectContaining({ code: `charts.${code}` }));
  expect(() => assertDrawable(chart())).not.toThrow();
});

const HOSTILE = '</title><script>alert(1)</script><image href="http://evil.test/x.png"/> & "\' ]]> <!ENTITY x>';

test('words are escaped wherever they stand, and the picture says in words what it shows', () => {
  for (const kind of ['bar', 'line', 'stacked'] as const) {
    const names = [HOSTILE, `${HOSTILE} 2`];
    const svg = drawSvg(
      chart({
        kind,
        title: HOSTILE,
        unit: HOSTILE,
        categories: names,
        series: names.map((name) => ({ name, values: ['1', '2'] })),
      }),
    );
    expect(svg.match(/<(?!\/)([a-z]+)/g)?.filter((tag) => !TAGS.has(tag))).toEqual([]);
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="title desc"/);
    expect(svg).toContain(`<title id="title">&lt;/title&gt;&lt;script&gt;`);
    expect(svg).toContain('<desc id="desc">');
    expect(svg).not.toMatch(/<script|<image|evil\.test\/x\.png"\/>|<!ENTITY/);
  }
});
const TAGS = new Set(['<svg', '<title', '<desc', '<rect', '<text', '<line', '<polyline', '<circle']);

test('whatever numbers come, each place in the picture is one', () => {
  const seed = 1 + Math.floor(Math.random() * 2_147_483_645);
  let state = seed;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const value = () =>
    ['0', '-0', '0.000001', '-999999999999999', '999999999999999.999999', (random() * 1e6 - 5e5).toFixed(2)][
      Math.floor(random() * 6)
    ] ?? '0';
  for (let round = 0; round < 300; round += 1) {
    const count = 1 + Math.floor(random() * 20);
    const kind = (['bar', 'line', 'stacked'] as const)[round % 3] ?? 'bar';
    const values = () => Array.from({ length: count }, () => (kind === 'stacked' ? value().replace('-', '') : value()));
    const series = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, n) => ({ name: `s${n}`, values: values() }));
    const svg = drawSvg(chart({ kind, categories: Array.from({ length: count }, (_, n) => `c${n}`), series }));
    expect(svg, `seed ${seed}`).not.toMatch(/NaN|Infinity|="-?\d+e|(?:width|height)="-/);
  }
});

test('a scale goes from round number to round number', () => {
  expect(scaleOf([3, 11, 7], 4).ticks).toEqual([0, 5, 10, 15]);
  expect(scaleOf([-0.2, 0.3], 4).ticks).toEqual([-0.2, 0, 0.2, 0.4]);
  expect(scaleOf([0, 0], 4)).toMatchObject({ low: 0, high: 1 });
});

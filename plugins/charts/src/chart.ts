// What a chart is of: a table of decimal numbers, exact as they were told.
import { z } from 'zod';
import { chartsErrors } from './errors.ts';

const oneLine = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^(?=.*\S)[^\p{Cc}\p{Cs}\uFFFE\uFFFF]+$/u, 'One line of text that is not blank.');

const SCALE = 6;

export const chartShape = {
  kind: z
    .enum(['bar', 'line', 'stacked'])
    .describe('bar: amounts beside each other; line: a course over time; stacked: parts of a whole in each category.'),
  title: oneLine(120).describe('What it shows, in a few words.'),
  unit: oneLine(20).optional().describe('What the values are in, e.g. "EUR". One chart has one unit.'),
  categories: z.array(oneLine(40)).min(1).max(60).describe('Names of the rows, in their order, such as months.'),
  series: z
    .array(
      z.strictObject({
        name: oneLine(40),
        values: z
          .array(z.string().regex(/^-?\d{1,15}(\.\d{1,6})?$/, 'A decimal number as text.'))
          .min(1)
          .max(60)
          .describe('One for each category, as decimal numbers in text, e.g. "12.50".'),
      }),
    )
    .min(1)
    .max(6),
};

const chart = z.strictObject(chartShape);
export type Chart = z.output<typeof chart>;

const MOST_BARS = 60;

/** Errors: charts.uneven_series, too_many_values, negative_part, same_name. */
export function assertDrawable({ kind, categories, series }: Chart): void {
  if (series.some(({ values }) => values.length !== categories.length)) throw chartsErrors.uneven_series();
  if (new Set(series.map(({ name }) => name)).size < series.length) throw chartsErrors.same_name();
  if (kind === 'bar' && categories.length * series.length > MOST_BARS) throw chartsErrors.too_many_values();
  if (kind === 'stacked' && series.some(({ values }) => values.some((value) => scaled(value) < 0n)))
    throw chartsErrors.negative_part();
}

/** The exact sum of decimal numbers, with as many decimals as the longest of them has. */
export function sumOf(values: readonly string[]): string {
  const decimals = Math.max(...values.map((value) => value.split('.')[1]?.length ?? 0));
  const sum = values.reduce((total, value) => total + scaled(value), 0n);
  const digits = String(sum < 0n ? -sum : sum).padStart(SCALE + 1, '0');
  const whole = digits.slice(0, -SCALE);
  const part = digits.slice(-SCALE).slice(0, decimals);
  return `${sum < 0n ? '-' : ''}${whole}${part === '' ? '' : `.${part}`}`;
}

/** In millionths. */
function scaled(value: string): bigint {
  const [whole = '', part = ''] = value.replace('-', '').split('.');
  const size = BigInt(whole + part.padEnd(SCALE, '0'));
  return value.startsWith('-') ? -size : size;
}

/** The table in Markdown. */
export function tableOf({ unit, categories, series }: Chart): string {
  const cell = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|');
  const heads = ['', ...series.map(({ name }) => (unit ? `${name} (${unit})` : name))];
  const rows = categories.map((category, at) => [category, ...series.map(({ values }) => values[at] ?? '')]);
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** What it says to somebody who does not see it. */
export function descriptionOf({ kind, unit, categories, series }: Chart): string {
  const sort = { bar: 'Bars', line: 'Lines', stacked: 'Stacked bars' }[kind];
  const of = series.map(({ name, values }) => `${name}: ${values.map((value, at) => `${categories[at]} ${value}`).join(', ')}`);
  return `${sort}${unit ? ` in ${unit}` : ''}. ${of.join('. ')}.`;
}

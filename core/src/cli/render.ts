// JSON for people: lists of records as tables, records as lines, within the width of the terminal.

export function render(value: unknown, width = process.stdout.columns ?? 80): string {
  if (value === null || value === undefined) return 'done';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value))
    return value.length === 0
      ? 'nothing'
      : isTable(value)
        ? table(value, width)
        : value.map((item) => `- ${cell(item)}`).join('\n');
  const entries = Object.entries(value);
  if (entries.length === 0) return 'done';
  const label = Math.max(...entries.map(([name]) => name.length));
  return entries
    .map(([name, member]) =>
      isTable(member)
        ? `${name}\n${table(member, width)}`
        : `${name.padEnd(label)}  ${clip(cell(member), Math.max(20, width - label - 2))}`,
    )
    .join('\n');
}

type Row = Record<string, unknown>;

function isTable(value: unknown): value is Row[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
  );
}

function table(rows: readonly Row[], width: number): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) => names.map((name) => cell(row[name])));
  const natural = names.map((name, at) => Math.max(name.length, ...cells.map((line) => line[at]?.length ?? 0)));
  const widths = fit(natural, width - 2 * (names.length - 1));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => clip(text, widths[at] ?? 0).padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(names), line(widths.map((one) => '-'.repeat(one))), ...cells.map(line)].join('\n');
}

/** Takes from the widest column until all fit; none becomes narrower than eight. */
function fit(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, one) => sum + one, 0) - width;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= 8) break;
    widths[widths.indexOf(widest)] = widest - 1;
    over -= 1;
  }
  return widths;
}

const cell = (value: unknown): string =>
  (value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)).replaceAll(
    /\s+/g,
    ' ',
  );

const clip = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`);

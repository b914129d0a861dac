// JSON for people: lists of records as tables, records as lines, within the width of the terminal.

export function render(value: unknown, width = process.stdout.columns ?? 80): string {
  return withoutControls(laidOut(value, width));
}

/** What would move the cursor, colour, ring or turn the order of letters, made visible: others may have written it. */
export const withoutControls = (text: string): string =>
  text.replaceAll('\r\n', '\n').replaceAll(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD');

/** JSON in which the same characters are escaped. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replaceAll(
    /(?!\n)[\p{Cc}\p{Bidi_Control}]/gu,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

function laidOut(value: unknown, width: number): string {
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
        ? `${name}\n${isChanges(member) ? changesText(member, width) : table(member, width)}`
        : typeof member === 'string' && member.includes('\n')
          ? `${name}\n${member}`
          : `${name.padEnd(label)}  ${name === 'nextCursor' ? cell(member) : clip(cell(member), Math.max(20, width - label - 2))}`,
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

/** What a dry run would change, or an approval does: of each row the columns that become another. */
interface Change {
  readonly table: string;
  readonly operation: string;
  readonly before?: Row;
  readonly after?: Row;
}

const isChanges = (rows: readonly object[]): rows is (Row & Change)[] =>
  rows.every((row) => 'table' in row && 'operation' in row && ('before' in row || 'after' in row));

function changesText(changes: readonly Change[], width: number): string {
  const lineOf = (name: string, before: unknown, after: unknown) =>
    clip(
      `  ${name}: ${[before, after]
        .filter((value) => value !== undefined && value !== null)
        .map(cell)
        .join(' → ')}`,
      width,
    );
  return changes
    .flatMap(({ table: name, operation, before = {}, after = {} }) => {
      const columns = [...new Set([...Object.keys(before), ...Object.keys(after)])];
      const changed = columns.filter((column) => cell(before[column]) !== cell(after[column]));
      return [`${operation} ${name}`, ...changed.map((column) => lineOf(column, before[column], after[column]))];
    })
    .join('\n');
}

/**
 * The first column, the others in their order, ids of other things last: as many as fit. Ids stay whole, so that they can be copied. What is
 * left out is named.
 */
function table(rows: readonly Row[], width: number): string {
  const [first, ...others] = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const isIds = (name: string) => rows.every((row) => row[name] === undefined || UUID.test(String(row[name])));
  const names = [...(first === undefined ? [] : [first]), ...others.filter((name) => !isIds(name)), ...others.filter(isIds)];
  const natural = names.map((name) => Math.min(MOST_CELL, Math.max(name.length, ...rows.map((row) => cell(row[name]).length))));
  const shown = fitting(natural, width);
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => clip(text, natural[at] ?? 0).padEnd(natural[at] ?? 0))
      .slice(0, shown)
      .join('  ')
      .trimEnd();
  const lines = [
    line(names),
    line(natural.map((one) => '-'.repeat(one))),
    ...rows.map((row) => line(names.map((name) => cell(row[name])))),
  ];
  const hidden = names.slice(shown);
  return [...lines, ...(hidden.length > 0 ? [`(also: ${hidden.join(', ')}; --json shows all)`] : [])].join('\n');
}

const MOST_CELL = 36;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How many columns fit, at least one. */
function fitting(widths: readonly number[], width: number): number {
  let used = 0;
  for (const [at, one] of widths.entries()) {
    used += one + (at > 0 ? 2 : 0);
    if (used > width) return Math.max(1, at);
  }
  return widths.length;
}

const cell = (value: unknown): string =>
  (value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)).replaceAll(
    /\s+/g,
    ' ',
  );

const clip = (text: string, width: number) => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`);

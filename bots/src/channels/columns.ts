import type { Tokens } from 'marked';

const MOST_CELL = 40;

/** A table of Markdown in columns of one width, for a font whose letters have one. */
export function columns({ header, rows }: Tokens.Table): string {
  const cells = [header, ...rows].map((row) => row.map(({ text }) => clip(plain(text))));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}

const clip = (text: string) => (text.length <= MOST_CELL ? text : `${text.slice(0, MOST_CELL - 1)}…`);
const plain = (text: string) => text.replaceAll(/\\([\\|])/g, '$1').replaceAll(/[*`]/g, '');

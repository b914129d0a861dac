// An answer as something to look at: its structure for surfaces that draw, Markdown for those that write.

export type Cell = string | number | boolean | null;

export type View =
  | {
      readonly kind: 'table';
      readonly title: string;
      readonly action: string;
      readonly callId?: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Cell[])[];
      /** The cursor of the next page. */
      readonly more?: string;
      readonly dryRun?: boolean;
      readonly output: unknown;
    }
  | {
      readonly kind: 'list';
      readonly title: string;
      readonly action: string;
      readonly callId?: string;
      readonly entries: readonly { readonly label: string; readonly value: Cell }[];
      readonly dryRun?: boolean;
      readonly output: unknown;
    }
  | { readonly kind: 'text'; readonly title: string; readonly action?: string; readonly callId?: string; readonly text: string };

interface Answered {
  readonly title: string;
  readonly action: string;
  readonly callId: string;
  readonly output: unknown;
  readonly dryRun?: boolean;
}

type Row = Readonly<Record<string, unknown>>;

/** The view that fits an answer: lists of records are tables, a record is a list. */
export function viewOf({ output, ...about }: Answered): View {
  const rows = Array.isArray(output) ? output : isRow(output) && Array.isArray(output.items) ? output.items : undefined;
  if (rows?.every(isRow)) {
    const columns = [...new Set(rows.flatMap(said))];
    const more = isRow(output) && typeof output.nextCursor === 'string' ? { more: output.nextCursor } : {};
    return { kind: 'table', ...about, columns, rows: rows.map((row) => columns.map((name) => cell(row[name]))), ...more, output };
  }
  if (isRow(output) && said(output).length > 0) {
    const entries = said(output).map((label) => ({ label, value: cell(output[label]) }));
    return { kind: 'list', ...about, entries, output };
  }
  const { dryRun: _, ...named } = about;
  return {
    kind: 'text',
    ...named,
    text: output === null || output === undefined || isRow(output) ? 'Done.' : String(cell(output)),
  };
}

/** The same in Markdown. */
export function markdownOf(view: View): string {
  const lead = 'dryRun' in view && view.dryRun ? '*Dry run: nothing has changed. This is what would:*\n\n' : '';
  if (view.kind === 'text') return view.text;
  if (view.kind === 'list') return lead + view.entries.map(({ label, value }) => `- **${label}**: ${inline(value)}`).join('\n');
  if (view.rows.length === 0) return `${lead}Nothing found.`;
  const line = (cells: readonly Cell[]) => `| ${cells.map(inline).join(' | ')} |`;
  const table = [line(view.columns), line(view.columns.map(() => '---')), ...view.rows.map(line)].join('\n');
  return `${lead}${table}${view.more ? `\n\nThere is more: add \`cursor=${view.more}\`.` : ''}`;
}

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The names of what has a value. */
const said = (row: Row): string[] => Object.keys(row).filter((name) => row[name] !== undefined);

function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

/** On one line, with nothing in it that would end a cell. */
const inline = (value: Cell): string =>
  value === null ? '' : String(value).replaceAll(/\s+/g, ' ').replaceAll(/[\\|]/g, '\\$&');

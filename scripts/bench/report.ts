// What every bench answers, and how it is printed.

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Report {
  readonly tables: readonly Table[];
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[];
}

export function printReport({
  bench,
  at,
  machine,
  tables,
  notes,
}: Report & { bench: string; at: string; machine: Record<string, unknown> }): void {
  process.stdout.write(`${bench}, ${at}, ${Object.values(machine).join(', ')}\n`);
  for (const { title, columns, rows } of tables) {
    const lines = [columns, ...rows.map((row) => row.map(String))];
    const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
    const text = (line: readonly string[]) =>
      line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
    process.stdout.write(`\n${title}\n${lines.map(text).join('\n')}\n`);
  }
  for (const note of notes) process.stdout.write(`\n${note}\n`);
}

/** The value below which the share of the sorted times lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

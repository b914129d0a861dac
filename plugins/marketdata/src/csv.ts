// Comma-separated values as RFC 4180 has them, read strictly.

export type CsvRow =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly fault: 'stray_quote' | 'unclosed_quote' };

/** The rows with the lines on which they begin, the first being 1; blank lines are left out. Behind a quote that is never closed, and behind one row more than `most`, nothing is read. */
export function parseCsv(text: string, most: number): CsvRow[] {
  const rows: CsvRow[] = [];
  let [at, line] = [0, 1];
  while (at < text.length && rows.length <= most) {
    const begins = line;
    const fields: string[] = [];
    let isStray = false;
    for (;;) {
      const field = text[at] === '"' ? quoted(text, at + 1) : plain(text, at);
      if (!field) return [...rows, { line: begins, fault: 'unclosed_quote' }];
      fields.push(field.value);
      isStray ||= field.isStray;
      line += field.breaks;
      at = field.end;
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text.startsWith('\r\n', at)) at += 2;
    else if (at < text.length) at += 1; // plain and quoted fields end at a comma or a line break
    line += 1;
    if (isStray) rows.push({ line: begins, fault: 'stray_quote' });
    else if (fields.length > 1 || fields[0] !== '') rows.push({ line: begins, fields });
  }
  return rows;
}

interface Field {
  readonly value: string;
  readonly end: number;
  readonly isStray: boolean;
  /** Line breaks inside it. */
  readonly breaks: number;
}

function plain(text: string, from: number): Field {
  const end = endOf(text, from);
  const value = text.slice(from, end);
  return { value, end, isStray: value.includes('"'), breaks: 0 };
}

/** Undefined: it is never closed. */
function quoted(text: string, from: number): Field | undefined {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] === '"') continue;
    const value = text.slice(from, at).replaceAll('""', '"');
    const end = endOf(text, at + 1);
    return { value, end, isStray: end > at + 1, breaks: value.split('\n').length - 1 };
  }
  return undefined;
}

/** The next comma or line break. */
function endOf(text: string, from: number): number {
  const stop = /,|\r?\n/g;
  stop.lastIndex = from;
  return stop.exec(text)?.index ?? text.length;
}

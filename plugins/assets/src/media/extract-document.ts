import { readFile } from 'node:fs/promises';
import { getDocumentProxy, getMeta } from 'unpdf';
import { type DocumentFacts, MAX_TEXT } from './document.ts';

/** Reads a PDF page by page until there is enough text. Throws what the parser throws. */
export async function extractDocument({ path }: { path: string }): Promise<DocumentFacts> {
  const pdf = await getDocumentProxy(new Uint8Array(await readFile(path)), { verbosity: 0 });
  const { info } = await getMeta(pdf);
  const title = trimmed(info.Title);
  const author = trimmed(info.Author);

  let text = '';
  for (let number = 1; number <= pdf.numPages && text.length < MAX_TEXT; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    text += `${items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')}\n`;
  }
  return {
    pages: pdf.numPages,
    ...(title && { title }),
    ...(author && { author }),
    text: text.trim().slice(0, MAX_TEXT),
  };
}

function trimmed(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replaceAll('\0', '').trim().slice(0, 500) || undefined : undefined;
}

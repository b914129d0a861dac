import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { marketdataErrors } from '../errors.ts';
import { MOST_BYTES, parseQuotes } from '../parse-quotes.ts';
import type { OutsideSource } from '../source.ts';

export interface QuoteFileOptions {
  readonly id: string;
  readonly title: string;
  /** Where the file lies on the machine of the process. */
  readonly path: string;
}

/** A file of quotes, CSV or JSON, that somebody else writes. What is added to it is read; what is taken out of it stays known. */
export function quoteFile({ id, title, path }: QuoteFileOptions): OutsideSource {
  return Object.freeze<OutsideSource>({
    id,
    title,
    kind: 'file',
    isUntrusted: true,
    async readOutside({ now }, since) {
      const bytes = await readSmallFile(path);
      const cursor = createHash('sha256').update(bytes).digest('hex');
      if (cursor === since) return { quotes: [], cursor, isUnchanged: true };
      return { ...parseQuotes(bytes, now), cursor };
    },
  });
}

/** Errors: marketdata.file_unreadable, marketdata.file_too_large. */
export async function readSmallFile(path: string): Promise<Buffer> {
  // a pipe that nobody writes to would be waited for
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw marketdataErrors.file_unreadable(undefined, cause);
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw marketdataErrors.file_unreadable();
    if (facts.size > MOST_BYTES) throw marketdataErrors.file_too_large();
    const bytes = await file.readFile();
    if (bytes.length > MOST_BYTES) throw marketdataErrors.file_too_large(); // it grew meanwhile
    return bytes;
  } finally {
    await file.close();
  }
}

import { defineAction, file, type Tools } from '@troupe-os/core';
import { z } from 'zod';
import { keptShape } from '../kept.ts';
import { parseQuotes } from '../parse-quotes.ts';
import { keepUpload } from '../readings.ts';
import type { Reading } from '../source.ts';
import { readSmallFile } from '../sources/quote-file.ts';
import { UPLOADS } from '../uploads.ts';

export const importQuotes = defineAction({
  name: 'marketdata.import-quotes',
  title: 'Bring quotes in',
  description:
    'Takes prices from a file, CSV with a first line of column names or a JSON list: asset, kind (sale, listing, floor), amount (minor units), unit, at (ISO 8601 with a zone), and if wanted reference and title. Each line that is not taken is named. The same line brought in twice is there once.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'marketdata.quote.import',
  untrustedInput: ['marketdata.quotes'],
  input: z.strictObject({ file: file() }),
  output: z.strictObject(keptShape),
  async prepare(tools: Tools, { file: reference }): Promise<Reading> {
    const opened = await tools.openFile(reference);
    try {
      return parseQuotes(await readSmallFile(opened.path), tools.now);
    } finally {
      await opened.dispose();
    }
  },
  async handler(ctx, _input, read) {
    const { added, known, faultCount, faults } = await keepUpload(ctx, UPLOADS, read);
    return { added, known, faultCount, faults: [...faults] };
  },
});

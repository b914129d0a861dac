import { defineAction, moment, pageInput } from '@troupe-os/core';
import { z } from 'zod';
import { IMPORT, importProgress } from '../imports.ts';

export const getImport = defineAction({
  name: 'assets.get-import',
  title: 'Progress of an import',
  description: 'Says how many files of an import are done, are duplicates, failed or wait, and what became of each.',
  effect: 'read',
  risk: 'low',
  permission: IMPORT,
  input: z.strictObject({ importId: z.string().max(64), ...pageInput }),
  output: z.strictObject({
    importId: z.string(),
    brandId: z.string(),
    startedAt: moment,
    total: z.int(),
    done: z.int().describe('Became works.'),
    duplicates: z.int().describe('Were works already.'),
    failed: z.int(),
    waiting: z.int().describe('Zero: the import is finished.'),
    items: z.array(
      z.strictObject({
        name: z.string(),
        state: z.enum(['waiting', 'done', 'duplicate', 'failed']),
        assetId: z.string().optional(),
        title: z.string().optional(),
        error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  handler: (ctx, { importId, ...page }) => importProgress(ctx, importId, page),
});

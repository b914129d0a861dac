import type { PreviewedChange } from '@troupe-os/core';
import { z } from 'zod';

const row = z.record(z.string(), z.string().nullable());

/** A changed row, as far as its reader may see it. */
export const changeShape = z.strictObject({
  table: z.string(),
  operation: z.enum(['insert', 'update', 'delete']),
  before: row.optional(),
  after: row.optional(),
});

/** A kernel's change is read-only all through; an answer is not typed so. */
export function showChange({ table, operation, before, after }: PreviewedChange): z.output<typeof changeShape> {
  return { table, operation, ...(before && { before: { ...before } }), ...(after && { after: { ...after } }) };
}

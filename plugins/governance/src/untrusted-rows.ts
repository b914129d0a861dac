// How rows are named that hold words from outside.
import { z } from 'zod';

export const tableName = z.string().regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/, 'A table is named like "assets.assets".');
export const rowKey = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\0\p{Cs}]*$/u, 'This is no key.');

// How rows are named that hold words from outside.
import { z } from 'zod';

export const tableName = z.string().regex(/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/, 'A table is named like "assets.assets".');
/** Stands for the words from outside that a row held when it was listed. */
export const seenWords = z.string().regex(/^[0-9a-f]{32}$/, 'This is not what governance.list-untrusted-rows answers as `seen`.');

export const rowKey = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\0\p{Cs}]*$/u, 'This is no key.');

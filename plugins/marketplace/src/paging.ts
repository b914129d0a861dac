// Pages of a list: newest first by a number of the row, and an opaque cursor that says where the last page ended.
import { z } from 'zod';
import { shopErrors } from './errors.ts';

export const pageInput = {
  limit: z.int().min(1).max(100).default(20).describe('How many items at most.'),
  cursor: z.string().max(100).optional().describe('`nextCursor` of the page before.'),
};

/** Takes a list that was read one row beyond `limit`, and says where the next page begins. */
export function page<T>(rows: readonly T[], limit: number, numberOf: (row: T) => number): { rows: T[]; nextCursor?: string } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  if (rows.length <= limit || last === undefined) return { rows: kept };
  return { rows: kept, nextCursor: Buffer.from(String(numberOf(last))).toString('base64url') };
}

/** The number that `page` wrote. Errors: marketplace.bad_cursor. */
export function decodeCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{1,15}$/.test(text)) throw shopErrors.bad_cursor();
  return Number(text);
}

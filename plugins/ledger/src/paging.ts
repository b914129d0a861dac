// Pages of a list: a limit, and an opaque cursor that says where the last page ended.
import { z } from 'zod';
import { ledgerErrors } from './errors.ts';

export const pageInput = {
  limit: z.int().min(1).max(100).default(20).describe('How many items at most.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
};

/** Takes a list that was read one row beyond `limit`, and says where the next page begins. */
export function page<T>(rows: readonly T[], limit: number, positionOf: (row: T) => readonly string[]) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, nextCursor: encode(positionOf(last)) } : { items };
}

/** The position that `page` wrote. Errors: ledger.bad_cursor, if it does not have the form of `parts`. */
export function decodeCursor(cursor: string, parts: readonly RegExp[]): string[] {
  const position = parse(cursor);
  if (!Array.isArray(position) || position.length !== parts.length) throw ledgerErrors.bad_cursor();
  return position.map((value, index) => {
    if (typeof value !== 'string' || !parts[index]?.test(value)) throw ledgerErrors.bad_cursor();
    return value;
  });
}

function encode(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw ledgerErrors.bad_cursor(undefined, cause);
  }
}

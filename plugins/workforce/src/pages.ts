// Pages of a list in the order of time: a limit, and an opaque cursor that says where the last page ended.
import { z } from 'zod';
import { workforceErrors } from './errors.ts';

export const pageInput = {
  limit: z.int().min(1).max(100).default(20).describe('How many items at most.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
};

const place = z.tuple([z.iso.datetime(), z.uuid()]);

/** Takes rows that were read one beyond `limit`, and says where the next page begins. */
export function cutPage<T>(rows: readonly T[], limit: number, placeOf: (row: T) => readonly [Date, string]) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items };
  const [at, id] = placeOf(last);
  return { items, nextCursor: Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url') };
}

/** Errors: workforce.bad_cursor. */
export function readCursor(cursor: string): { at: Date; id: string } {
  try {
    const [at, id] = place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { at: new Date(at), id };
  } catch (cause) {
    throw workforceErrors.bad_cursor(undefined, cause);
  }
}

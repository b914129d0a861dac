// Where a list goes on: a number that callers hand back as they got it.
import { assetsErrors } from './errors.ts';

export function encodeCursor(position: number): string {
  return Buffer.from(String(position)).toString('base64url');
}

/** Errors: assets.bad_cursor. */
export function decodeCursor(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^\d{1,15}$/.test(text)) throw assetsErrors.bad_cursor();
  return Number(text);
}

/** Cuts rows, of which one more than the page was read, to the page. */
export function page<T>(rows: readonly T[], limit: number, positionOf: (last: T) => number): { rows: T[]; nextCursor?: string } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return rows.length > limit && last !== undefined ? { rows: kept, nextCursor: encodeCursor(positionOf(last)) } : { rows: kept };
}

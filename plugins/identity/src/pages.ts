// Places in a list, as an opaque text.

import { coreErrors } from '@troupe-os/core';
import { z } from 'zod';

const text = z.tuple([z.string().regex(/^[^\p{Cc}\p{Cs}]+$/u)]);
const momentAndId = z.tuple([z.iso.datetime(), z.uuid()]);

/** One row more than asked for says that there is a next page. */
export function cutPage<Row>(rows: readonly Row[], limit: number, place: (row: Row) => readonly string[]) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, ...(rows.length > limit && last !== undefined && { nextCursor: encode(place(last)) }) };
}

/** A place in a list ordered by one text. Errors: core.invalid_input. */
export function readText(cursor: string): string {
  return decode(text, cursor)[0];
}

/** A place in a list ordered by moment and id. Errors: core.invalid_input. */
export function readMoment(cursor: string): { at: Date; id: string } {
  const [at, id] = decode(momentAndId, cursor);
  return { at: new Date(at), id };
}

const encode = (place: readonly string[]) => Buffer.from(JSON.stringify(place)).toString('base64url');

function decode<S extends z.ZodType>(schema: S, cursor: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw coreErrors.invalid_input(
      { issues: [{ path: 'cursor', message: 'This is no cursor of this list.', code: 'custom' }] },
      cause,
    );
  }
}

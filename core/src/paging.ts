// Pages of a list: each begins behind the row that ended the one before, whatever has come or gone in between.
import { asc, type Column, desc, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { coreErrors, houseErrors } from './errors.ts';

/** What a list in pages takes, to be spread into its input. It answers `items`, and `nextCursor` while there are more. */
export const pageInput = {
  limit: z.int().min(1).max(100).default(20).describe('How many items at most.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
};

type Columns = readonly [Column, ...Column[]];
type KeyOf<C extends Columns> = { readonly [I in keyof C]: C[I] extends { readonly _: { data: infer Data } } ? Data : never };

/**
 * A list in the order of columns that together name one row; moments count to the millisecond. `list` names it, and the cursors of
 * another list are refused. A page is `limit + 1` rows `where(after(cursor))`, `orderBy(...order)`, cut by `page`.
 * Errors: core.bad_cursor.
 */
export function keyset<const C extends Columns>(list: string, by: { readonly ascending: C } | { readonly descending: C }) {
  const [columns, direction, behind] = 'ascending' in by ? [by.ascending, asc, sql`>`] : [by.descending, desc, sql`<`];
  const { read, page } = cursorsOf(list, columns.map(formOf));
  return {
    order: columns.map((column) => direction(column)),
    /** Holds for the rows behind those that were shown. */
    after(cursor: string | undefined): SQL | undefined {
      const key = read(cursor);
      return key && sql`${[...columns]} ${behind} ${key}`;
    },
    page: <Row>(rows: readonly Row[], limit: number, keyOf: (last: Row) => KeyOf<C>) => page(rows, limit, keyOf),
  };
}

/** The cursors of a list that is not ordered by columns, such as a ranking: its key is texts of these forms. */
export function cursorsOf(list: string, forms: readonly z.ZodType<string>[]) {
  const content = z.tuple([z.literal(list), ...forms]);
  return {
    /** The key that a cursor holds. Errors: core.bad_cursor. */
    read(cursor: string | undefined): string[] | undefined {
      if (cursor === undefined) return undefined;
      try {
        return content.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString())).slice(1);
      } catch (cause) {
        throw coreErrors.bad_cursor(undefined, cause);
      }
    },
    /** Cuts rows that were read one beyond `limit`; `keyOf` says where the last one shown stands. */
    page<Row>(
      rows: readonly Row[],
      limit: number,
      keyOf: (last: Row) => readonly unknown[],
    ): { items: Row[]; nextCursor?: string } {
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      if (rows.length <= limit || last === undefined) return { items };
      const key = keyOf(last).map((value) => (value instanceof Date ? value.toISOString() : String(value)));
      return { items, nextCursor: Buffer.from(JSON.stringify([list, ...key])).toString('base64url') };
    },
  };
}

/** By SQL type, the texts that the database surely takes: a made-up cursor is refused before it gets there. */
const FORMS: Readonly<Record<string, z.ZodType<string>>> = {
  text: z.string().regex(/^[^\0\p{Cs}]*$/u),
  uuid: z.guid(),
  integer: z.string().regex(/^-?\d{1,9}$/),
  bigint: z.string().regex(/^-?\d{1,18}$/),
  'timestamp with time zone': z.iso.datetime().regex(/^(?!0000)/, 'There is no year 0.'),
};

function formOf(column: Column): z.ZodType<string> {
  const form = FORMS[column.getSQLType()];
  if (!form) throw houseErrors.bad_plugin({ column: column.name, fault: `no cursor holds a ${column.getSQLType()}` });
  return form;
}

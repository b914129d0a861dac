import { defineAction } from '@troupe-os/core';
import { gt } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, page, pageInput } from '../paging.ts';
import { units } from '../schema.ts';

export const listUnits = defineAction({
  name: 'ledger.list-units',
  title: 'Units',
  description: 'Lists the units of the books with their scale: how many decimals one whole has.',
  effect: 'read',
  risk: 'low',
  permission: 'ledger.unit.read',
  input: z.strictObject({ ...pageInput }),
  output: z.strictObject({
    items: z.array(z.strictObject({ code: z.string(), title: z.string(), scale: z.int() })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const [after] = cursor === undefined ? [] : decodeCursor(cursor, [/^[A-Z][A-Z0-9-]{1,15}$/]);
    const rows = await ctx.db
      .select({ code: units.code, title: units.title, scale: units.scale })
      .from(units)
      .where(after === undefined ? undefined : gt(units.code, after))
      .orderBy(units.code)
      .limit(limit + 1);
    return page(rows, limit, ({ code }) => [code]);
  },
});

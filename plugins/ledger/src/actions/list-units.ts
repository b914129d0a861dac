import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { z } from 'zod';
import { units } from '../schema.ts';

const byCode = keyset('ledger.list-units', { ascending: [units.code] });

export const listUnits = defineAction({
  name: 'ledger.list-units',
  title: 'Units',
  description: 'Lists the units of the books with their scale: how many decimals one whole has.',
  effect: 'read',
  risk: 'low',
  permission: 'ledger.unit.read',
  input: z.strictObject(pageInput),
  output: z.strictObject({
    items: z.array(z.strictObject({ code: z.string(), title: z.string(), scale: z.int() })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { limit, cursor }) {
    const rows = await ctx.db
      .select({ code: units.code, title: units.title, scale: units.scale })
      .from(units)
      .where(byCode.after(cursor))
      .orderBy(...byCode.order)
      .limit(limit + 1);
    return byCode.page(rows, limit, ({ code }) => [code]);
  },
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { unitCode } from '../contract.ts';
import { ledgerErrors } from '../errors.ts';
import { oneLine } from '../fields.ts';
import { units } from '../schema.ts';

export const createUnit = defineAction({
  name: 'ledger.create-unit',
  title: 'Create a unit',
  description: 'Adds a unit that accounts can be kept in: a currency, a token, points. Its scale never changes.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'ledger.unit.create',
  input: z.strictObject({
    code: unitCode,
    title: oneLine(200),
    scale: z.int().min(0).max(18).describe('Decimals of one whole: 2 for EUR, 0 for points, 18 for ether.'),
  }),
  output: z.strictObject({ code: z.string() }),
  async handler(ctx, { code, title, scale }) {
    const [unit] = await ctx.db
      .insert(units)
      .values({ code, title, scale, createdAt: ctx.now })
      .onConflictDoNothing()
      .returning();
    if (!unit) throw ledgerErrors.unit_taken({ code });
    return { code };
  },
});

import { amount, defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { tierNumber, tierShape, unitCode } from '../rules.ts';
import { tiers } from '../schema.ts';

export const setTier = defineAction({
  name: 'governance.set-tier',
  title: 'Set a tier of approval',
  description:
    'Says from which sum on a call of an agent needs the yes of its person (1), of another person (2) or of two others (3).',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'governance.rule.set',
  input: z.strictObject({ unit: unitCode, tier: tierNumber, fromAmount: amount.describe('Minor units, 0 or more.') }),
  output: tierShape,
  async handler(ctx, { unit, tier, fromAmount }) {
    const values = { unit, tier, fromAmount, setBy: ctx.actor.id, setAt: ctx.now };
    const { unit: _, tier: __, ...set } = values;
    await ctx.db
      .insert(tiers)
      .values(values)
      .onConflictDoUpdate({ target: [tiers.unit, tiers.tier], set });
    return values;
  },
});

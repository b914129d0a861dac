import { defineAction } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { governanceErrors } from '../errors.ts';
import { tierNumber, unitCode } from '../rules.ts';
import { tiers } from '../schema.ts';

export const removeTier = defineAction({
  name: 'governance.remove-tier',
  title: 'Remove a tier of approval',
  description: 'Takes a tier away. A unit without any needs a yes for every sum that an agent moves.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'governance.rule.set',
  input: z.strictObject({ unit: unitCode, tier: tierNumber }),
  output: z.strictObject({}),
  async handler(ctx, { unit, tier }) {
    const isThis = and(eq(tiers.unit, unit), eq(tiers.tier, tier));
    const [gone] = await ctx.db.delete(tiers).where(isThis).returning({ unit: tiers.unit });
    if (!gone) throw governanceErrors.unknown_tier({ unit, tier });
    return {};
  },
});

import { defineAction } from '@troupe-os/core';
import { asc } from 'drizzle-orm';
import { z } from 'zod';
import { EXAMPLES } from '../cedar/examples.ts';
import { exampleShape, limitShape, ruleShape, showLimit, showRule, switchShape, tierShape } from '../rules.ts';
import { cedarRules, limits, switches, tiers } from '../schema.ts';

export const listRules = defineAction({
  name: 'governance.list-rules',
  title: 'Switches, tiers, limits and rules',
  description:
    'Shows what is switched off, from which sums on agents need whose yes, and how much may be moved in a window of time, and the rules in Cedar.',
  effect: 'read',
  risk: 'low',
  permission: 'governance.rule.read',
  input: z.strictObject({}),
  output: z.strictObject({
    switches: z.array(switchShape),
    tiers: z.array(tierShape),
    limits: z.array(limitShape),
    rules: z.array(ruleShape),
    examples: z.array(exampleShape).describe('Rules to begin with; none applies by itself.'),
  }),
  async handler(ctx) {
    return {
      switches: await ctx.db.select().from(switches).orderBy(asc(switches.kind), asc(switches.target)),
      tiers: await ctx.db.select().from(tiers).orderBy(asc(tiers.unit), asc(tiers.tier)),
      limits: (await ctx.db.select().from(limits).orderBy(asc(limits.unit), asc(limits.id))).map(showLimit),
      rules: (await ctx.db.select().from(cedarRules).orderBy(asc(cedarRules.target), asc(cedarRules.name))).map(showRule),
      examples: EXAMPLES.map((one) => ({ ...one })),
    };
  },
});

import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { impactOf, impactShape } from '../cedar/impact.ts';
import { governanceErrors } from '../errors.ts';
import { ruleName } from '../rules.ts';
import { cedarRules } from '../schema.ts';

export const removeRule = defineAction({
  name: 'governance.remove-rule',
  title: 'Remove a rule',
  description: 'Ends a rule, so that roles alone decide again. Answers for whom that changes something.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'governance.rule.set',
  input: z.strictObject({ name: ruleName }),
  output: z.strictObject({ changes: impactShape }),
  async handler(ctx, { name }) {
    const [removed] = await ctx.db.delete(cedarRules).where(eq(cedarRules.name, name)).returning();
    if (!removed) throw governanceErrors.unknown_rule({ name });
    const after = await ctx.db.select().from(cedarRules).where(eq(cedarRules.target, removed.target));
    return { changes: await impactOf(ctx, removed.target, [...after, removed], after) };
  },
});

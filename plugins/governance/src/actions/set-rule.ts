import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { checkRule } from '../cedar/check.ts';
import { impactOf, impactShape } from '../cedar/impact.ts';
import { isPermission } from '../cedar/rules.ts';
import { governanceErrors } from '../errors.ts';
import { ruleName, ruleShape, showRule } from '../rules.ts';
import { cedarRules, RULE_OUTCOMES } from '../schema.ts';

export const setRule = defineAction({
  name: 'governance.set-rule',
  title: 'Set a rule',
  description:
    'Keeps a rule in Cedar that takes a permission from some who hold it by a role, or refuses an action, or lets it wait for a yes. Answers for whom that changes something; a dry run answers the same and keeps nothing.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'governance.rule.set',
  input: z.strictObject({
    name: ruleName,
    target: z.string().min(3).max(120).describe('A permission (`ledger.entry.read`) or an action (`ledger.post-entry`).'),
    outcome: z
      .enum(RULE_OUTCOMES)
      .default('refuse')
      .describe('refuse; or ask, for actions: let it wait for the yes of another person.'),
    policy: z.string().min(1).max(10_000).describe('One Cedar policy: forbid (principal, action, resource) when { … };'),
    note: z.string().trim().max(500).default(''),
  }),
  output: z.strictObject({ rule: ruleShape, changes: impactShape }),
  async handler(ctx, { name, target, outcome, policy, note }) {
    if (target.startsWith('governance.')) throw governanceErrors.cannot_rule({ target });
    if (outcome === 'ask' && isPermission(target))
      throw governanceErrors.bad_rule({ problems: ['Only an action can wait for a yes.'] });
    const schema = JSON.stringify(await checkRule(ctx.catalogue, target, policy));
    const rule = { name, target, outcome, policy, schema, note, setBy: ctx.actor.id, setAt: ctx.now };
    const before = await ctx.db.select().from(cedarRules).where(eq(cedarRules.target, target));
    const [there] = await ctx.db.select({ target: cedarRules.target }).from(cedarRules).where(eq(cedarRules.name, name));
    if (there && there.target !== target) throw governanceErrors.rule_elsewhere({ name, target: there.target });
    const after = [...before.filter((one) => one.name !== name), rule];
    const changes = await impactOf(ctx, target, before, after);
    const { name: _, ...set } = rule;
    await ctx.db.insert(cedarRules).values(rule).onConflictDoUpdate({ target: cedarRules.name, set });
    return { rule: showRule(rule), changes };
  },
});

import { defineAction } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { BUDGET_KINDS } from '../contract.ts';
import { workforceErrors } from '../errors.ts';
import { budgets } from '../schema.ts';

export const removeBudget = defineAction({
  name: 'workforce.remove-budget',
  title: 'Remove a budget of their own',
  description: 'Takes the budget of one agent or person away: from then on everybody\'s ("*") is theirs.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'workforce.budget.manage',
  input: z.strictObject({ kind: z.enum(BUDGET_KINDS), actorId: z.string().min(1).max(100) }),
  output: z.strictObject({ kind: z.enum(BUDGET_KINDS), actorId: z.string() }),
  async handler(ctx, { kind, actorId }) {
    const isThis = and(eq(budgets.kind, kind), eq(budgets.actorId, actorId));
    const removed = await ctx.db.delete(budgets).where(isThis).returning({ kind: budgets.kind });
    if (removed.length === 0) throw workforceErrors.unknown_budget();
    return { kind, actorId };
  },
});

import { amount, defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { BUDGET_KINDS } from '../contract.ts';
import { budgets } from '../schema.ts';

export const setBudget = defineAction({
  name: 'workforce.set-budget',
  title: 'Set a budget for models',
  description:
    'Sets what asking models may cost in a day (of UTC): for an agent, and for a person in whose name agents ask. Nothing is asked beyond it.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'workforce.budget.manage',
  input: z.strictObject({
    kind: z.enum(BUDGET_KINDS),
    actorId: z.string().min(1).max(100).describe('Of the agent or person; "*": whoever has none of their own.'),
    dailyMicroUsd: amount
      .refine((value) => value >= 0n && value <= 1_000_000_000_000n, 'From 0 to a million dollars.')
      .describe('In millionths of a US dollar, e.g. "1000000" for 1 dollar.'),
  }),
  output: z.strictObject({ kind: z.enum(BUDGET_KINDS), actorId: z.string() }),
  async handler(ctx, input) {
    const row = { ...input, updatedAt: ctx.now };
    await ctx.db
      .insert(budgets)
      .values(row)
      .onConflictDoUpdate({ target: [budgets.kind, budgets.actorId], set: row });
    return { kind: input.kind, actorId: input.actorId };
  },
});

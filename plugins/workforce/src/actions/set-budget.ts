import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { putBudget } from '../budgets.ts';
import { BUDGET_KINDS } from '../contract.ts';
import { dailyMicroUsd } from '../shapes.ts';

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
    dailyMicroUsd,
  }),
  output: z.strictObject({ kind: z.enum(BUDGET_KINDS), actorId: z.string() }),
  async handler(ctx, input) {
    await putBudget(ctx, input);
    return { kind: input.kind, actorId: input.actorId };
  },
});

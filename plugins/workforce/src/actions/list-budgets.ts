import { amount, defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { budgetsToday } from '../budgets.ts';
import { BUDGET_KINDS } from '../contract.ts';

export const listBudgets = defineAction({
  name: 'workforce.list-budgets',
  title: 'Budgets for models',
  description:
    'Lists what asking models may cost in a day, and what of it is spent and set aside today, in millionths of a US dollar.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.budget.read',
  input: z.strictObject({}),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        kind: z.enum(BUDGET_KINDS),
        actorId: z.string(),
        dailyMicroUsd: amount,
        spentMicroUsd: amount,
        reservedMicroUsd: amount,
      }),
    ),
  }),
  handler: async (ctx) => ({ items: await budgetsToday(ctx) }),
});

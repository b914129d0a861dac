import { amount, defineAction, moment } from '@troupe-os/core';
import { asc } from 'drizzle-orm';
import { z } from 'zod';
import { modelPrices } from '../schema.ts';

export const listModelPrices = defineAction({
  name: 'workforce.list-model-prices',
  title: 'What models cost',
  description: 'Lists the models that may be asked, with what each costs for a million tokens in millionths of a US dollar.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.budget.read',
  input: z.strictObject({}),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        model: z.string(),
        inputMicroUsd: amount,
        outputMicroUsd: amount,
        contextTokens: z.int(),
        mostOutputTokens: z.int(),
        updatedAt: moment,
      }),
    ),
  }),
  handler: async (ctx) => ({ items: await ctx.db.select().from(modelPrices).orderBy(asc(modelPrices.model)) }),
});

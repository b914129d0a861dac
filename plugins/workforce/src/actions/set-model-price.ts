import { amount, defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { modelPrices } from '../schema.ts';
import { modelName } from '../shapes.ts';

const price = amount.refine((value) => value >= 0n && value <= 1_000_000_000n, 'From 0 to 1000 dollars for a million tokens.');

export const setModelPrice = defineAction({
  name: 'workforce.set-model-price',
  title: 'Say what a model costs',
  description:
    'Says what a model costs for a million tokens, and how much it takes: only such models are asked. 3 dollars are 3000000; what runs on a machine of your own costs 0.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'workforce.budget.manage',
  input: z
    .strictObject({
      model: modelName,
      inputMicroUsd: price.describe(
        'For a million tokens that it reads, in millionths of a US dollar, e.g. "3000000" for 3 dollars.',
      ),
      outputMicroUsd: price.describe('For a million tokens that it writes, in millionths of a US dollar.'),
      contextTokens: z
        .int()
        .min(1000)
        .max(100_000_000)
        .default(128_000)
        .describe('What it takes in at most, its answer included.'),
      mostOutputTokens: z
        .int()
        .min(16)
        .max(1_000_000)
        .default(4096)
        .describe('The longest answer that it is let write in one step.'),
    })
    .refine(({ contextTokens, mostOutputTokens }) => mostOutputTokens <= contextTokens, {
      path: ['mostOutputTokens'],
      message: 'At most contextTokens.',
    }),
  output: z.strictObject({ model: z.string() }),
  async handler(ctx, input) {
    const row = { ...input, updatedAt: ctx.now };
    await ctx.db.insert(modelPrices).values(row).onConflictDoUpdate({ target: modelPrices.model, set: row });
    return { model: input.model };
  },
});

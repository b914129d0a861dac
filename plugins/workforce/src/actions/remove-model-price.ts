import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { workforceErrors } from '../errors.ts';
import { modelPrices } from '../schema.ts';
import { modelName } from '../shapes.ts';

export const removeModelPrice = defineAction({
  name: 'workforce.remove-model-price',
  title: 'Take a model out of use',
  description: 'Removes the price of a model, which is not asked any more from then on.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'workforce.budget.manage',
  input: z.strictObject({ model: modelName }),
  output: z.strictObject({ model: z.string() }),
  async handler(ctx, { model }) {
    const removed = await ctx.db.delete(modelPrices).where(eq(modelPrices.model, model)).returning({ model: modelPrices.model });
    if (removed.length === 0) throw workforceErrors.unknown_price({ model });
    return { model };
  },
});

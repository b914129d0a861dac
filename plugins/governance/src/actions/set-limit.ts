import { amount, defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { limitShape, showLimit, unitCode } from '../rules.ts';
import { limits } from '../schema.ts';

export const setLimit = defineAction({
  name: 'governance.set-limit',
  title: 'Limit what may be moved',
  description: 'Binds an actor, or each agent, to a sum in each window of time: counted on what their calls really move.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'governance.rule.set',
  input: z.strictObject({
    actor: z.string().min(1).max(200).optional().describe('The id of whom it binds; without one each agent.'),
    action: z.string().min(1).max(200).optional(),
    counterparty: z.string().min(1).max(200).optional(),
    unit: unitCode,
    amount: amount.describe('Minor units, 0 or more.'),
    windowSeconds: z
      .int()
      .min(60)
      .max(31_622_400)
      .default(86_400)
      .describe('How long a window is. Windows begin at multiples of it since 1970, in UTC.'),
  }),
  output: limitShape,
  async handler(ctx, { actor = null, action = null, counterparty = null, ...limit }) {
    const values = { id: crypto.randomUUID(), actor, action, counterparty, ...limit, setBy: ctx.actor.id, setAt: ctx.now };
    await ctx.db.insert(limits).values(values);
    return showLimit(values);
  },
});

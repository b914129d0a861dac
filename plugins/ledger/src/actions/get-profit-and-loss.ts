import { amount, defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { unitCode } from '../contract.ts';
import { assertPeriod, brandSlug, periodInput } from '../fields.ts';
import { profitAndLoss } from '../profit-and-loss.ts';

export const getProfitAndLoss = defineAction({
  name: 'ledger.get-profit-and-loss',
  title: 'Profit and loss by brand',
  description:
    'Sums income and expenses of a period by brand and unit, the current calendar year (UTC) if none is given. Each line names its account; ledger.get-statement shows the postings behind it.',
  effect: 'read',
  risk: 'medium',
  permission: 'ledger.entry.read',
  input: z.strictObject({ brandId: brandSlug.optional(), unit: unitCode.optional(), ...periodInput }),
  output: z.strictObject({
    from: moment,
    to: moment.describe('The period ends before this moment.'),
    items: z.array(
      z.strictObject({
        brandId: z.string().optional().describe('None: the company as a whole.'),
        unit: z.string(),
        income: amount,
        expenses: amount,
        profit: amount,
        lines: z.array(
          z.strictObject({
            accountId: z.uuid(),
            path: z.string(),
            title: z.string(),
            type: z.enum(['income', 'expense']),
            amount: amount.describe('Income earned or expense made, each positive.'),
          }),
        ),
      }),
    ),
  }),
  async handler(ctx, { brandId, unit, from, to }) {
    assertPeriod({ from, to });
    const within = from ?? (to ? new Date(to.getTime() - 1) : ctx.now);
    const year = within.getUTCFullYear();
    const period = { from: from ?? new Date(Date.UTC(year, 0)), to: to ?? new Date(Date.UTC(year + 1, 0)) };
    return { ...period, items: await profitAndLoss(ctx, { ...period, brandId, unit }) };
  },
});

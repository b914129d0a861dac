import { amount, defineAction } from '@troupe-os/core';
import { and, eq, lte, sum } from 'drizzle-orm';
import { z } from 'zod';
import { readAccount } from '../accounts.ts';
import { ACCOUNT_TYPES, accountPath, unitCode } from '../contract.ts';
import { bookMoment } from '../fields.ts';
import { postings } from '../schema.ts';

export const getBalance = defineAction({
  name: 'ledger.get-balance',
  title: 'Balance of an account',
  description: 'Says what an account holds: now, or as of an effective moment. Debits are positive, credits negative.',
  effect: 'read',
  risk: 'medium',
  permission: 'ledger.entry.read',
  input: z.strictObject({
    path: accountPath,
    unit: unitCode.optional().describe('Needed only where the path has accounts in several units.'),
    at: bookMoment.optional().describe('Counts what is effective at this moment or before; default: all that is recorded.'),
  }),
  output: z.strictObject({
    accountId: z.uuid(),
    path: z.string(),
    title: z.string(),
    type: z.enum(ACCOUNT_TYPES),
    unit: z.string(),
    brandId: z.string().optional(),
    balance: amount,
    minimum: amount.optional(),
    closed: z.boolean(),
  }),
  async handler(ctx, { path, unit, at }) {
    const { id, balance: now, minimum, brandId, ...account } = await readAccount(ctx, 'ledger.entry.read', { path, unit });
    const answer = { accountId: id, ...account, brandId: brandId ?? undefined, minimum: minimum ?? undefined };
    if (!at) return { ...answer, balance: now };
    const [row] = await ctx.db
      .select({ total: sum(postings.amount) })
      .from(postings)
      .where(and(eq(postings.accountId, id), lte(postings.effectiveAt, at)));
    return { ...answer, balance: BigInt(row?.total ?? 0) };
  },
});

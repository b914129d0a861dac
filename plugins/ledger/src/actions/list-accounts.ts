import { amount, defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { accountColumns, isUnder } from '../accounts.ts';
import { ACCOUNT_TYPES, accountPath, unitCode } from '../contract.ts';
import { brandSlug } from '../fields.ts';
import { withinReach } from '../reach.ts';
import { accounts, balances } from '../schema.ts';

const byPath = keyset('ledger.list-accounts', { ascending: [accounts.path, accounts.unit] });

export const listAccounts = defineAction({
  name: 'ledger.list-accounts',
  title: 'Chart of accounts',
  description: 'Lists accounts in the order of their paths, each with its balance now; debits are positive.',
  effect: 'read',
  risk: 'medium',
  permission: 'ledger.entry.read',
  input: z.strictObject({
    path: accountPath.optional().describe('Only this account and those below it, e.g. "income".'),
    type: z.enum(ACCOUNT_TYPES).optional(),
    unit: unitCode.optional(),
    brandId: brandSlug.optional(),
    ...pageInput,
  }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
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
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { path, type, unit, brandId, limit, cursor }) {
    const rows = await ctx.db
      .select(accountColumns)
      .from(accounts)
      .innerJoin(balances, eq(balances.accountId, accounts.id))
      .where(
        and(
          withinReach(ctx, 'ledger.entry.read', accounts.brandId),
          path === undefined ? undefined : isUnder(path),
          type && eq(accounts.type, type),
          unit === undefined ? undefined : eq(accounts.unit, unit),
          brandId === undefined ? undefined : eq(accounts.brandId, brandId),
          byPath.after(cursor),
        ),
      )
      .orderBy(...byPath.order)
      .limit(limit + 1);
    const items = rows.map(({ id, brandId: brand, minimum, ...account }) => ({
      accountId: id,
      ...account,
      brandId: brand ?? undefined,
      minimum: minimum ?? undefined,
    }));
    return byPath.page(items, limit, (account) => [account.path, account.unit]);
  },
});

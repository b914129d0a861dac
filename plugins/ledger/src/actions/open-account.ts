import { amount, defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { openAccount as open } from '../accounts.ts';
import { ACCOUNT_TYPES, accountPath, unitCode } from '../contract.ts';
import { ledgerErrors } from '../errors.ts';
import { brandSlug, oneLine } from '../fields.ts';
import { reaches } from '../reach.ts';

export const openAccount = defineAction({
  name: 'ledger.open-account',
  title: 'Open an account',
  description: 'Adds an account to the chart of accounts, in one unit, of the company or of a brand.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'ledger.account.open',
  input: z.strictObject({
    path: accountPath,
    title: oneLine(200),
    type: z.enum(ACCOUNT_TYPES),
    unit: unitCode,
    brandId: brandSlug.optional(),
    minimum: amount
      .optional()
      .describe(
        'The least balance that it may have, in minor units on its own side: debit for assets and expenses, credit for the rest.',
      ),
  }),
  output: z.strictObject({ accountId: z.uuid() }),
  async handler(ctx, account) {
    if (!reaches(ctx, 'ledger.account.open', account.brandId)) throw ledgerErrors.brand_not_allowed();
    // paths are the company's: whoever has a brand only names accounts after it, and takes no name that another brand will need
    const isCompanyWide = reaches(ctx, 'ledger.account.open', undefined);
    if (!isCompanyWide && !account.path.split(':').includes(account.brandId ?? '')) throw ledgerErrors.brand_not_allowed();
    await ctx.assertBrand(account.brandId);
    return open(ctx, account);
  },
});

import { amount, defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assertAccountsReached } from '../accounts.ts';
import { accountPath, unitCode } from '../contract.ts';
import { recordEntry } from '../entries.ts';
import { ledgerErrors } from '../errors.ts';
import { bookMoment, brandSlug, oneLine } from '../fields.ts';
import { ownKey } from '../own-key.ts';
import { reaches } from '../reach.ts';

const UNDO_SECONDS = 24 * 60 * 60;

export const postEntry = defineAction({
  name: 'ledger.post-entry',
  title: 'Post an entry',
  description:
    'Records a movement of money in the books: postings to two accounts or more that add up to zero in each unit. Debits are positive, credits negative. An entry never changes; ledger.reverse-entry takes it back.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'ledger.entry.post',
  input: z.strictObject({
    key: oneLine(120)
      .optional()
      .describe('Names this entry for good: posting again with the same key and content answers the entry that is there.'),
    memo: oneLine(500).describe('What happened, in one line.'),
    brandId: brandSlug.optional(),
    orderId: oneLine(200).optional().describe('The order that it belongs to.'),
    assetId: oneLine(200).optional().describe('The asset that it is about.'),
    counterparty: oneLine(200).optional().describe('Who the money came from or went to.'),
    effectiveAt: bookMoment.optional().describe('When it counts in reports; default: now.'),
    postings: z
      .array(
        z.strictObject({
          path: accountPath,
          unit: unitCode,
          amount: amount.describe('Minor units; debit positive, credit negative.'),
        }),
      )
      .min(2)
      .max(100),
  }),
  output: z.strictObject({ entryId: z.uuid() }),
  undo: {
    action: 'ledger.reverse-entry',
    withinSeconds: UNDO_SECONDS,
    input: (_input, { entryId }) => ({ entryId }),
  },
  async handler(ctx, { key = ctx.callId, ...entry }) {
    if (!reaches(ctx, 'ledger.entry.post', entry.brandId)) throw ledgerErrors.brand_not_allowed();
    await ctx.assertBrand(entry.brandId);
    await assertAccountsReached(ctx, 'ledger.entry.post', entry.postings);
    return recordEntry(ctx, { key: ownKey(key, entry.brandId), ...entry });
  },
});

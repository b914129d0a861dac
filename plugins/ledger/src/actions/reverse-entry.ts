import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assertAccountsReached } from '../accounts.ts';
import { recordEntry } from '../entries.ts';
import { bookMoment, oneLine } from '../fields.ts';
import { ownKey } from '../own-key.ts';
import { readEntry } from '../read-entry.ts';

export const reverseEntry = defineAction({
  name: 'ledger.reverse-entry',
  title: 'Reverse an entry',
  description:
    'Takes an entry back by a new one, linked to it, with the opposite postings. Both stay in the books. An entry is reversed at most once.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'ledger.entry.reverse',
  input: z.strictObject({
    entryId: z.uuid().describe('The entry to take back.'),
    key: oneLine(120).optional().describe('Names the new entry for good, as in ledger.post-entry.'),
    memo: oneLine(500).optional().describe('Why, in one line.'),
    effectiveAt: bookMoment.optional().describe('When the reversal counts in reports; default: now.'),
  }),
  output: z.strictObject({ entryId: z.uuid().describe('The reversal.') }),
  async handler(ctx, { entryId, key = ctx.callId, memo, effectiveAt }) {
    const entry = await readEntry(ctx, 'ledger.entry.reverse', entryId);
    await assertAccountsReached(ctx, 'ledger.entry.reverse', entry.postings);
    const { brandId, orderId, assetId, counterparty } = entry;
    const postings = entry.postings.map(({ path, unit, amount }) => ({ path, unit, amount: -amount }));
    const reason = memo ?? `Reversal: ${entry.memo}`;
    return recordEntry(ctx, {
      key: ownKey(key, brandId),
      memo: reason,
      brandId,
      orderId,
      assetId,
      counterparty,
      effectiveAt,
      postings,
      reverses: entryId,
    });
  },
});

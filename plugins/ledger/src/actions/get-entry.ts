import { amount, defineAction, moment } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { readEntry } from '../read-entry.ts';
import { entries } from '../schema.ts';

export const getEntry = defineAction({
  name: 'ledger.get-entry',
  title: 'An entry with its postings',
  description:
    'Shows one entry of the books: what it was for, its postings, the call that recorded it, and what it reverses or is reversed by.',
  effect: 'read',
  risk: 'medium',
  permission: 'ledger.entry.read',
  input: z.strictObject({ entryId: z.uuid() }),
  output: z.strictObject({
    entryId: z.uuid(),
    key: z.string(),
    memo: z.string(),
    brandId: z.string().optional(),
    orderId: z.string().optional(),
    assetId: z.string().optional(),
    counterparty: z.string().optional(),
    reverses: z.uuid().optional().describe('The entry that this one takes back.'),
    reversedBy: z.uuid().optional().describe('The entry that takes this one back.'),
    effectiveAt: moment,
    recordedAt: moment,
    callId: z.uuid().describe('The call that recorded it, as the audit names it.'),
    postings: z.array(z.strictObject({ accountId: z.uuid(), path: z.string(), title: z.string(), unit: z.string(), amount })),
  }),
  async handler(ctx, { entryId }) {
    const entry = await readEntry(ctx, 'ledger.entry.read', entryId);
    const [reversal] = await ctx.db.select({ id: entries.id }).from(entries).where(eq(entries.reverses, entryId));
    return { ...entry, reversedBy: reversal?.id };
  },
});

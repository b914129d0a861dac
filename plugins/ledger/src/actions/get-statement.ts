import { amount, defineAction, keyset, moment, pageInput } from '@troupe-os/core';
import { and, eq, gte, lt } from 'drizzle-orm';
import { z } from 'zod';
import { readAccount } from '../accounts.ts';
import { accountPath, unitCode } from '../contract.ts';
import { assertPeriod, periodInput } from '../fields.ts';
import { withinReach } from '../reach.ts';
import { accounts, entries, postings } from '../schema.ts';

// of one account by its own numbers, which an index holds; of all by entry and line, which agrees with it
const ofOne = keyset('ledger.get-statement of one account', { descending: [postings.number] });
const ofAll = keyset('ledger.get-statement', { descending: [entries.sequence, postings.line] });

export const getStatement = defineAction({
  name: 'ledger.get-statement',
  title: 'Statement of an account',
  description:
    'Lists the postings of an account, the last recorded first, each with the balance after it. Without a path: the latest postings of all accounts. Debits are positive.',
  effect: 'read',
  risk: 'medium',
  permission: 'ledger.entry.read',
  input: z.strictObject({
    path: accountPath.optional(),
    unit: unitCode.optional().describe('Needed only where the path has accounts in several units.'),
    ...periodInput,
    ...pageInput,
  }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        entryId: z.uuid(),
        path: z.string(),
        memo: z.string(),
        amount,
        balance: amount.describe('Of the account, after this posting.'),
        unit: z.string(),
        effectiveAt: moment,
        recordedAt: moment,
        number: z.string().describe('Which posting of its account this is; the first is 1.'),
      }),
    ),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { path, unit, from, to, limit, cursor }) {
    assertPeriod({ from, to });
    const account = path === undefined ? undefined : await readAccount(ctx, 'ledger.entry.read', { path, unit });
    const rows = await ctx.db
      .select({
        entryId: postings.entryId,
        ofEntry: entries.id,
        ofAccount: accounts.id,
        path: accounts.path,
        memo: entries.memo,
        amount: postings.amount,
        balance: postings.balance,
        unit: postings.unit,
        effectiveAt: postings.effectiveAt,
        recordedAt: entries.recordedAt,
        number: postings.number,
        sequence: entries.sequence,
        line: postings.line,
      })
      .from(postings)
      .innerJoin(entries, eq(entries.id, postings.entryId))
      .innerJoin(accounts, eq(accounts.id, postings.accountId))
      .where(
        and(
          account ? eq(postings.accountId, account.id) : withinReach(ctx, 'ledger.entry.read', accounts.brandId),
          unit === undefined ? undefined : eq(postings.unit, unit),
          (account ? ofOne : ofAll).after(cursor),
          from && gte(postings.effectiveAt, from),
          to && lt(postings.effectiveAt, to),
        ),
      )
      .orderBy(...(account ? ofOne : ofAll).order)
      .limit(limit + 1);
    const { items, ...next } = account
      ? ofOne.page(rows, limit, (row) => [row.number])
      : ofAll.page(rows, limit, (row) => [row.sequence, row.line]);
    return {
      items: items.map(({ sequence, line, number, ofEntry, ofAccount, ...posting }) => ({ ...posting, number: String(number) })),
      ...next,
    };
  },
});

import type { Context } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { ledgerErrors } from './errors.ts';
import { reaches } from './reach.ts';
import { accounts, entries, postings } from './schema.ts';

/** One entry with its postings, in their order. Errors: ledger.unknown_entry, also where it is not the caller's to see. */
export async function readEntry(ctx: Context, permission: string, entryId: string) {
  const [entry] = await ctx.db.select().from(entries).where(eq(entries.id, entryId));
  if (!entry || !reaches(ctx, permission, entry.brandId)) throw ledgerErrors.unknown_entry();
  const lines = await ctx.db
    .select({ accountId: accounts.id, path: accounts.path, title: accounts.title, unit: postings.unit, amount: postings.amount })
    .from(postings)
    .innerJoin(accounts, eq(accounts.id, postings.accountId))
    .where(eq(postings.entryId, entryId))
    .orderBy(postings.line);
  return {
    entryId: entry.id,
    key: entry.key,
    memo: entry.memo,
    brandId: entry.brandId ?? undefined,
    orderId: entry.orderId ?? undefined,
    assetId: entry.assetId ?? undefined,
    counterparty: entry.counterparty ?? undefined,
    reverses: entry.reverses ?? undefined,
    effectiveAt: entry.effectiveAt,
    recordedAt: entry.recordedAt,
    callId: entry.callId,
    postings: lines,
  };
}

// The one way for money to move: the actions and the port both end here.
import { createHash } from 'node:crypto';
import { type Context, coreErrors } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import { entryPosted, type NewEntry, type NewPosting } from './contract.ts';
import { ledgerErrors } from './errors.ts';

const AMOUNT_LIMIT = 10n ** 60n; // the database checks the same

/** What the ledger itself may add to an entry. */
interface RecordedEntry extends NewEntry {
  /** The entry that this one takes back. */
  readonly reverses?: string;
}

/** What ledger.post_entry answers. */
interface Posted {
  readonly entryId: string;
  readonly fresh: boolean;
  readonly same: boolean;
  readonly unknownPath: string | null;
  readonly unknownUnit: string | null;
}

/**
 * Posts an entry in one statement, and tells of it. The same key and content again: the entry that is there, and nothing is told.
 * Two calls that post several entries each may wait for each other; the database then ends one of them (core.busy).
 * Errors: ledger.unbalanced, bad_amount, unknown_account, account_closed, below_minimum, key_reused, already_reversed.
 */
export async function recordEntry(ctx: Context, entry: RecordedEntry): Promise<{ entryId: string }> {
  assertPostings(entry.postings);
  const { key, memo, brandId, orderId, assetId, counterparty, reverses, postings, effectiveAt = ctx.now } = entry;
  const row = {
    id: crypto.randomUUID(),
    key,
    digest: contentDigest(entry),
    memo,
    brand_id: brandId,
    order_id: orderId,
    asset_id: assetId,
    counterparty,
    reverses,
    effective_at: effectiveAt,
    recorded_at: ctx.now,
    call_id: ctx.callId,
  };
  const lines = postings.map(({ path, unit, amount }, index) => ({ line: index + 1, path, unit, amount: String(amount) }));
  const [posted] = (await ctx.db.execute(
    sql`select entry_id as "entryId", fresh, same, unknown_path as "unknownPath", unknown_unit as "unknownUnit"
      from ledger.post_entry(${JSON.stringify(row)}::jsonb, ${JSON.stringify(lines)}::jsonb)`,
  )) as unknown as Posted[];
  if (!posted) throw coreErrors.internal(); // the function answers one row
  if (posted.unknownPath !== null) throw ledgerErrors.unknown_account({ path: posted.unknownPath, unit: posted.unknownUnit });
  const { entryId } = posted;
  if (!posted.fresh) {
    if (!posted.same) throw ledgerErrors.key_reused({ key, entryId });
    return { entryId };
  }
  const told = postings.map(({ path, unit, amount }) => ({ path, unit, amount }));
  ctx.emit(entryPosted, { entryId, key, memo, brandId, orderId, assetId, counterparty, reverses, effectiveAt, postings: told });
  return { entryId };
}

/** The database checks this too, at the end of the call; here the answer can say what is wrong. */
function assertPostings(postings: readonly NewPosting[]): void {
  const sums = new Map<string, bigint>();
  for (const { path, unit, amount } of postings) {
    if (amount === 0n || amount >= AMOUNT_LIMIT || amount <= -AMOUNT_LIMIT) throw ledgerErrors.bad_amount({ path, unit });
    sums.set(unit, (sums.get(unit) ?? 0n) + amount);
  }
  if (postings.length < 2) throw ledgerErrors.unbalanced({ postings: postings.length });
  for (const [unit, sum] of sums) if (sum !== 0n) throw ledgerErrors.unbalanced({ unit, sum: String(sum) });
}

/** SHA-256 of what the caller gave: a moment that was left out stays out, as it would differ each time. */
function contentDigest({
  memo,
  brandId,
  orderId,
  assetId,
  counterparty,
  reverses,
  effectiveAt,
  postings,
}: RecordedEntry): string {
  const lines = postings.map(({ path, unit, amount }) => [path, unit, String(amount)]);
  const content = [memo, brandId, orderId, assetId, counterparty, reverses, effectiveAt, lines].map((part) => part ?? null);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

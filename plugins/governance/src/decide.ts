// Saying yes or no to a call that waits. The database sees to it that the right person votes, once, while it is open.
import type { Context } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { and, count, eq } from 'drizzle-orm';
import { tiesOf } from './appointed.ts';
import { findApproval, isCompanyWide, isSignedIn } from './approvals.ts';
import { governanceErrors } from './errors.ts';
import { runApproved } from './jobs.ts';
import { type ApprovalRow, approvals, votes } from './schema.ts';

const FRESH_MS = 10 * 60_000;

export interface Ballot {
  readonly approvalId: string;
  readonly vote: 'yes' | 'no';
  readonly note: string;
}

/** Errors: governance.unknown_approval, not_open, four_eyes, not_yours, voted, people_only, own_appointee, beyond_your_rights, sign_in_again. */
export async function decide(ctx: Context, { approvalId, vote, note }: Ballot): Promise<ApprovalRow> {
  const row = await findApproval(ctx, approvalId);
  await assertMayDecide(ctx, row);
  await ctx.db.insert(votes).values({ approvalId, person: ctx.actor.id, vote, note, at: ctx.now });
  const state = await stateAfter(ctx, row, vote);
  if (state === 'pending') return row;
  const isThis = eq(approvals.id, approvalId);
  const [decided] = await ctx.db.update(approvals).set({ state, decidedAt: ctx.now }).where(isThis).returning();
  if (state === 'approved') await ctx.enqueue(runApproved, { approvalId });
  return decided ?? row;
}

async function assertMayDecide(ctx: Context, { permission, tier, requester, onBehalfOf }: ApprovalRow): Promise<void> {
  // the operator of the machine has no name that two pairs of eyes could be told apart by
  if (!isSignedIn(ctx)) throw governanceErrors.people_only();
  if (!isCompanyWide(ctx.actor, permission)) throw governanceErrors.beyond_your_rights();
  if (tier === 1) return;
  const { own, appointers } = await tiesOf(ctx);
  const askers = [requester, onBehalfOf ?? requester];
  if (askers.some((id) => own.has(id))) throw governanceErrors.four_eyes();
  if (askers.some((id) => appointers.has(id))) throw governanceErrors.own_appointee();
  if (tier === 2) return;
  const since = await ctx.use(identityPort).signedInAt(ctx.credential);
  if (!since || +since < +ctx.now - FRESH_MS) throw governanceErrors.sign_in_again();
}

async function stateAfter(
  ctx: Context,
  { id, tier }: ApprovalRow,
  vote: Ballot['vote'],
): Promise<'pending' | 'approved' | 'rejected'> {
  if (vote === 'no') return 'rejected';
  const isYes = and(eq(votes.approvalId, id), eq(votes.vote, 'yes'));
  const [cast] = await ctx.db.select({ count: count() }).from(votes).where(isYes);
  return (cast?.count ?? 0) >= (tier === 3 ? 2 : 1) ? 'approved' : 'pending';
}

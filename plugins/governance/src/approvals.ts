// Reading approvals: who sees which, and how they are shown.
import { type Context, holds, moment } from '@troupe-os/core';
import { and, eq, inArray, or, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { isAnotherThan, type Ties } from './appointed.ts';
import { turnoverOf } from './effect.ts';
import { governanceErrors } from './errors.ts';
import { DECIDE } from './governor.ts';
import { APPROVAL_STATES, type ApprovalRow, approvals } from './schema.ts';

export const approvalShape = z.strictObject({
  approvalId: z.uuid(),
  state: z.enum(APPROVAL_STATES),
  tier: z.int().describe('1: the person for whom it is done says yes. 2: another person. 3: two others, freshly signed in.'),
  reasons: z.array(z.string()).describe('Why it needs a yes.'),
  action: z.string(),
  requester: z.string(),
  onBehalfOf: z.string().optional(),
  moves: z.array(z.strictObject({ unit: z.string(), amount: z.string().describe('In minor units.') })),
  createdAt: moment,
  expiresAt: moment,
  decidedAt: moment.optional(),
  executedCall: z.uuid().optional(),
  error: z.string().optional().describe('Why the approved call failed.'),
  replacedBy: z.uuid().optional().describe('The approval that was asked for instead, as what the call does had changed.'),
});

export function showApproval(row: ApprovalRow, now: Date): z.output<typeof approvalShape> {
  const isOver = (row.state === 'pending' || row.state === 'approved') && row.expiresAt <= now;
  return {
    approvalId: row.id,
    state: isOver ? 'expired' : row.state,
    tier: row.tier,
    reasons: row.reasons,
    action: row.action,
    requester: row.requester,
    ...(row.onBehalfOf !== null && { onBehalfOf: row.onBehalfOf }),
    moves: turnoverOf(JSON.parse(row.effect)).map(({ unit, amount }) => ({ unit, amount: amount.toString() })),
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    ...(row.decidedAt !== null && { decidedAt: row.decidedAt }),
    ...(row.executedCall !== null && { executedCall: row.executedCall }),
    ...(row.error !== null && { error: row.error }),
    ...(row.replacedBy !== null && { replacedBy: row.replacedBy }),
  };
}

export const traceShape = z
  .string()
  .optional()
  .describe('W3C traceparent of what asked for it: an answer that is given in it belongs to it.');

/** What a text of an approval says; undefined: it was erased. */
export const said = (text: string) => (text.startsWith('erased-') ? undefined : JSON.parse(text));

export function traceOf({ call }: ApprovalRow): { trace?: string } {
  const { trace } = (said(call) ?? {}) as { trace?: string };
  return trace ? { trace } : {};
}

/** What one has asked for, what was asked for in one's name, and what one may decide because one could do it oneself. */
export function visibleTo({ actor }: Context): SQL | undefined {
  const decides = actor.kind === 'operator' || (actor.kind === 'user' && holds(actor.rights, DECIDE));
  const permissions = decides ? [...actor.rights.keys()].filter((permission) => isCompanyWide(actor, permission)) : [];
  return or(
    eq(approvals.requester, actor.id),
    eq(approvals.onBehalfOf, actor.id),
    ...(permissions.length > 0 ? [inArray(approvals.permission, permissions)] : []),
  );
}

/** Whether somebody asked for it, or it was asked for in their name. */
export const isFor = ({ requester, onBehalfOf }: ApprovalRow, id: string): boolean => requester === id || onBehalfOf === id;

/** What a call would do knows no brands: who may do it on one brand alone neither sees nor decides it. */
export const isCompanyWide = ({ rights }: Context['actor'], permission: string): boolean => rights.get(permission) === 'company';

/** A person who has signed in by a way of their own, or speaks by an account in a chat that they have linked: not by a link that somebody else made for them, not a token of theirs, not an app, and no actor that is nothing but a token. */
export const isSignedIn = ({ actor, credential, handedOver }: Context): boolean =>
  actor.kind === 'user' && /^(session|account):/.test(credential) && !handedOver;

/** Whether this actor's vote counts; the database decides the same once more. */
export function mayVote(ctx: Context, row: ApprovalRow, ties: Ties): boolean {
  const { actor } = ctx;
  if (!isSignedIn(ctx) || !holds(actor.rights, DECIDE) || !isCompanyWide(actor, row.permission)) return false;
  if (row.tier === 1) return row.onBehalfOf === actor.id;
  return !isFor(row, actor.id) && isAnotherThan(ties, [row.requester, row.onBehalfOf ?? row.requester]);
}

/** Takes back those of them that are not done yet, and answers these. */
export function withdraw(ctx: Context, which: SQL | undefined): Promise<ApprovalRow[]> {
  const isOpen = and(which, inArray(approvals.state, ['pending', 'approved']));
  return ctx.db.update(approvals).set({ state: 'cancelled', decidedAt: ctx.now }).where(isOpen).returning();
}

/** Errors: governance.unknown_approval, for one that the actor may not see too. */
export async function findApproval(ctx: Context, approvalId: string): Promise<ApprovalRow> {
  const [row] = await ctx.db
    .select()
    .from(approvals)
    .where(and(eq(approvals.id, approvalId), visibleTo(ctx)));
  if (!row) throw governanceErrors.unknown_approval({ approvalId });
  return row;
}

import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { tiesOf } from '../appointed.ts';
import { approvalShape, mayVote, showApproval, visibleTo } from '../approvals.ts';
import { APPROVAL_STATES, approvals, votes } from '../schema.ts';

const newestFirst = keyset('governance.list-approvals', { descending: [approvals.createdAt, approvals.id] });

export const listApprovals = defineAction({
  name: 'governance.list-approvals',
  title: 'Approvals',
  description:
    'Lists calls that wait for a yes, or have waited: those you asked for, and those that you may decide. Newest first.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'low',
  permission: 'governance.approval.read',
  entries: { id: 'approvalId', inputs: ['approvalId', 'approvalIds'], names: [], about: ['action', 'state', 'createdAt'] },
  input: z.strictObject({ state: z.enum(APPROVAL_STATES).optional(), ...pageInput }),
  output: z.strictObject({
    items: z.array(approvalShape.extend({ mayVote: z.boolean().describe('Whether your yes or no is asked for.') })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { state, limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(approvals)
      .where(and(visibleTo(ctx), state && eq(approvals.state, state), newestFirst.after(cursor)))
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, ({ createdAt, id }) => [createdAt, id]);
    const shown = items.map((row) => ({ row, shown: showApproval(row, ctx.now) }));
    const ties = await tiesOf(ctx);
    const mine = shown.filter((one) => one.shown.state === 'pending' && mayVote(ctx, one.row, ties)).map(({ row }) => row.id);
    const cast = await ctx.db
      .select({ approvalId: votes.approvalId })
      .from(votes)
      .where(and(eq(votes.person, ctx.actor.id), inArray(votes.approvalId, mine)));
    const voted = new Set(cast.map(({ approvalId }) => approvalId));
    return {
      items: shown.map((one) => ({ ...one.shown, mayVote: mine.includes(one.row.id) && !voted.has(one.row.id) })),
      ...next,
    };
  },
});

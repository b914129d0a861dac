import { defineAction } from '@troupe-os/core';
import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { approvalShape, findApproval, isFor, showApproval } from '../approvals.ts';
import { governanceErrors } from '../errors.ts';
import { approvals } from '../schema.ts';

export const cancelApproval = defineAction({
  name: 'governance.cancel-approval',
  title: 'Withdraw a call that waits',
  description: 'Takes back what you asked for, or what was asked for in your name, before it is done.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'governance.approval.read',
  resource: { table: 'governance.approvals', key: 'approvalId' },
  input: z.strictObject({ approvalId: z.uuid() }),
  output: approvalShape,
  async handler(ctx, { approvalId }) {
    if (!isFor(await findApproval(ctx, approvalId), ctx.actor.id)) throw governanceErrors.not_requester({ approvalId });
    const isOpen = and(eq(approvals.id, approvalId), inArray(approvals.state, ['pending', 'approved']));
    const [row] = await ctx.db.update(approvals).set({ state: 'cancelled', decidedAt: ctx.now }).where(isOpen).returning();
    if (!row) throw governanceErrors.not_open({ approvalId });
    return showApproval(row, ctx.now);
  },
});

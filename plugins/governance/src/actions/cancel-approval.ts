import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { approvalShape, findApproval, isFor, showApproval, withdraw } from '../approvals.ts';
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
    const [row] = await withdraw(ctx, eq(approvals.id, approvalId));
    if (!row) throw governanceErrors.not_open({ approvalId });
    return showApproval(row, ctx.now);
  },
});

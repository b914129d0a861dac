import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { showApproval, withdraw } from '../approvals.ts';
import { governanceErrors } from '../errors.ts';
import { APPROVAL_STATES, approvals } from '../schema.ts';

export const withdrawAsk = defineAction({
  name: 'governance.withdraw-ask',
  title: 'Withdraw what a cancelled task asked for',
  description:
    'Takes back a call that waits for a yes and that nobody needs any more. What was decided stays. The house does it by itself for tasks that were cancelled.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'governance.approval.watch',
  input: z.strictObject({ approvalId: z.uuid() }),
  output: z.strictObject({ approvalId: z.uuid(), state: z.enum(APPROVAL_STATES) }),
  async handler(ctx, { approvalId }) {
    const isIt = eq(approvals.id, approvalId);
    const [row] = await ctx.db.select().from(approvals).where(isIt);
    if (!row) throw governanceErrors.unknown_approval({ approvalId });
    const [withdrawn = row] = await withdraw(ctx, isIt);
    const { state } = showApproval(withdrawn, ctx.now);
    return { approvalId, state };
  },
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { approvalShape, showApproval } from '../approvals.ts';
import { decide } from '../decide.ts';
import { DECIDE } from '../governor.ts';

export const rejectCall = defineAction({
  name: 'governance.reject-call',
  title: 'Reject a call',
  description: 'Says no to a call that waits: it is not made, and the same is not asked for again within an hour.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: DECIDE,
  resource: { table: 'governance.approvals', key: 'approvalId' },
  input: z.strictObject({ approvalId: z.uuid(), note: z.string().max(500).default('') }),
  output: approvalShape,
  async handler(ctx, { approvalId, note }) {
    return showApproval(await decide(ctx, { approvalId, vote: 'no', note }), ctx.now);
  },
});

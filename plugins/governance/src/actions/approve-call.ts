import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { approvalShape, showApproval } from '../approvals.ts';
import { decide } from '../decide.ts';
import { DECIDE } from '../governor.ts';

export const approveCall = defineAction({
  name: 'governance.approve-call',
  title: 'Approve a call',
  description:
    'Says yes to a call that waits. It is then made once, as it was asked for, if it still does what was shown: otherwise it is asked for anew.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: DECIDE,
  resource: { table: 'governance.approvals', key: 'approvalId' },
  input: z.strictObject({ approvalId: z.uuid(), note: z.string().max(500).default('') }),
  output: approvalShape,
  async handler(ctx, { approvalId, note }) {
    return showApproval(await decide(ctx, { approvalId, vote: 'yes', note }), ctx.now);
  },
});

import { defineJob } from '@troupe-os/core';
import { and, eq, inArray, lte } from 'drizzle-orm';
import { z } from 'zod';
import { approvals } from './schema.ts';
import { isNews, look } from './watch.ts';

/** Makes an approved call: once, with the rights that whoever asked for it has now. Enqueued with the yes. */
export const runApproved = defineJob({
  name: 'governance.run-approved',
  input: z.strictObject({ approvalId: z.uuid() }),
  runsAs: 'plugin',
  steps: [
    {
      name: 'call',
      async call(db, { approvalId }) {
        const isWaiting = and(eq(approvals.id, approvalId), eq(approvals.state, 'approved'));
        const [row] = await db.select({ call: approvals.call }).from(approvals).where(isWaiting);
        if (!row) return undefined;
        const stored = JSON.parse(row.call);
        return { ...stored, approvalId, idempotencyKey: stored.idempotencyKey ?? `approval:${approvalId}` };
      },
    },
  ],
  async onDead(ctx, { approvalId }, { code }) {
    const isWaiting = and(eq(approvals.id, approvalId), eq(approvals.state, 'approved'));
    await ctx.db.update(approvals).set({ state: 'failed', error: code }).where(isWaiting);
  },
});

const overdue = (now: Date) => and(inArray(approvals.state, ['pending', 'approved']), lte(approvals.expiresAt, now));

/** Says of what nobody decided in time that it has expired. It cannot be decided or run any more before that already. */
export const expireApprovals = defineJob({
  name: 'governance.expire-approvals',
  input: z.strictObject({}),
  schedule: '* * * * *',
  runsAs: 'plugin',
  async isDue(db, now) {
    return (await db.select({ id: approvals.id }).from(approvals).where(overdue(now)).limit(1)).length > 0;
  },
  steps: [
    {
      name: 'expire',
      async handler(ctx) {
        await ctx.db.update(approvals).set({ state: 'expired' }).where(overdue(ctx.now));
      },
    },
  ],
});

/** Opens incidents of what was refused or failed since it looked last. */
export const watchRecord = defineJob({
  name: 'governance.watch-record',
  input: z.strictObject({}),
  schedule: '* * * * *',
  runsAs: 'plugin',
  isDue: isNews,
  steps: [{ name: 'look', handler: look }],
});

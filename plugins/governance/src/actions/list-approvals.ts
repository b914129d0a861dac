import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { approvalShape, showApproval, visibleTo } from '../approvals.ts';
import { APPROVAL_STATES, approvals } from '../schema.ts';

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
  input: z.strictObject({ state: z.enum(APPROVAL_STATES).optional(), ...pageInput }),
  output: z.strictObject({ items: z.array(approvalShape), nextCursor: z.string().optional() }),
  async handler(ctx, { state, limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(approvals)
      .where(and(visibleTo(ctx), state && eq(approvals.state, state), newestFirst.after(cursor)))
      .orderBy(...newestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = newestFirst.page(rows, limit, ({ createdAt, id }) => [createdAt, id]);
    return { items: items.map((row) => showApproval(row, ctx.now)), ...next };
  },
});

import { defineAction } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { asc, eq, inArray, or } from 'drizzle-orm';
import { z } from 'zod';
import { approvalShape, showApproval, traceOf, traceShape } from '../approvals.ts';
import { APPROVAL_STATES, approvals, votes } from '../schema.ts';

const MOST = 500;

export const listAsks = defineAction({
  name: 'governance.list-asks',
  title: 'What waits for a yes, for the house',
  description:
    'Lists the approvals that wait, and how those stand of which it is asked. The house does it for its bots, which tell people of them: what each may see of one it asks in their name.',
  effect: 'read',
  risk: 'low',
  permission: 'governance.approval.watch',
  input: z.strictObject({ approvalIds: z.array(z.uuid()).max(MOST).default([]) }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        approvalId: z.uuid(),
        state: z.enum(APPROVAL_STATES),
        votes: z.array(z.strictObject({ name: z.string(), vote: z.enum(['yes', 'no']) })),
        replacedBy: approvalShape.shape.replacedBy,
        trace: traceShape,
      }),
    ),
  }),
  async handler(ctx, { approvalIds }) {
    const rows = await ctx.db
      .select()
      .from(approvals)
      .where(or(eq(approvals.state, 'pending'), inArray(approvals.id, approvalIds)))
      .orderBy(asc(approvals.createdAt), asc(approvals.id))
      .limit(2 * MOST);
    const cast = await ctx.db.select().from(votes).where(inArray(votes.approvalId, approvalIds)).orderBy(asc(votes.at));
    const names =
      cast.length > 0 ? new Map((await ctx.use(identityPort).holders()).map(({ id, name }) => [id, name])) : undefined;
    const votesOn = (id: string) =>
      cast
        .filter(({ approvalId }) => approvalId === id)
        .map(({ person, vote }) => ({ name: names?.get(person) ?? 'somebody', vote }));
    return {
      items: rows.map((row) => {
        const { approvalId, state, replacedBy } = showApproval(row, ctx.now);
        return { approvalId, state, votes: votesOn(row.id), ...(replacedBy && { replacedBy }), ...traceOf(row) };
      }),
    };
  },
});

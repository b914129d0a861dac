import { defineAction, moment, personOf } from '@troupe-os/core';
import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { tiesOf } from '../appointed.ts';
import { approvalShape, findApproval, isFor, mayVote, said, showApproval, traceOf, traceShape } from '../approvals.ts';
import { changeShape, showChange } from '../changes.ts';
import { votes } from '../schema.ts';

export const getApproval = defineAction({
  name: 'governance.get-approval',
  title: 'An approval',
  description:
    'Shows a call that waits for a yes: its input, what it would change as far as you may read that, and who has voted.',
  effect: 'read',
  untrustedOutput: true,
  risk: 'low',
  permission: 'governance.approval.read',
  input: z.strictObject({ approvalId: z.uuid() }),
  output: approvalShape.extend({
    input: z.json().describe('As it was given, without secrets. Null: it is private to who asked, or erased.'),
    changes: z.array(changeShape),
    hiddenChanges: z.int().describe('Rows that would change and that you may not read.'),
    mayVote: z.boolean().describe('Whether your yes or no is asked for.'),
    mayCancel: z.boolean().describe('Whether you can take it back.'),
    trace: traceShape,
    votes: z.array(z.strictObject({ person: z.string(), vote: z.enum(['yes', 'no']), note: z.string(), at: moment })),
  }),
  async handler(ctx, { approvalId }) {
    const row = await findApproval(ctx, approvalId);
    const captured = (said(row.changes) ?? []) as Parameters<typeof ctx.readable>[0];
    const isPrivate = ctx.catalogue.action(row.action)?.private && !isFor(row, personOf(ctx));
    const changes = ctx.readable(captured);
    const cast = await ctx.db.select().from(votes).where(eq(votes.approvalId, approvalId)).orderBy(asc(votes.at));
    const shown = showApproval(row, ctx.now);
    return {
      ...shown,
      input: isPrivate ? null : (said(row.input) ?? null),
      changes: changes.map(showChange),
      hiddenChanges: captured.length - changes.length,
      mayVote:
        shown.state === 'pending' && mayVote(ctx, row, await tiesOf(ctx)) && !cast.some(({ person }) => person === ctx.actor.id),
      mayCancel: ['pending', 'approved'].includes(shown.state) && isFor(row, ctx.actor.id),
      ...traceOf(row),
      votes: cast.map(({ approvalId: _, ...vote }) => vote),
    };
  },
});

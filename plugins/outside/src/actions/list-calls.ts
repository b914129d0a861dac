import { defineAction, holds, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { own, READ_ALL, toOutcome } from '../calls.ts';
import { CALL_STATES, callOutcome, outsideErrors } from '../contract.ts';
import { calls } from '../schema.ts';

const latestFirst = keyset('outside.list-calls', { descending: [calls.createdAt, calls.id] });

export const listCalls = defineAction({
  name: 'outside.list-calls',
  title: 'Calls of outside servers',
  description: "Lists your calls that change something at outside servers, the latest first; with the right to it, everybody's.",
  effect: 'read',
  risk: 'low',
  permission: 'outside.call.read',
  untrustedOutput: true,
  input: z.strictObject({
    whose: z.enum(['mine', 'everybody']).default('mine'),
    state: z.enum(CALL_STATES).optional(),
    ...pageInput,
  }),
  output: z.strictObject({ items: z.array(callOutcome.omit({ text: true })), nextCursor: z.string().optional() }),
  async handler(ctx, { whose, state, limit, cursor }) {
    if (whose === 'everybody' && !holds(ctx.actor.rights, READ_ALL)) throw outsideErrors.others_hidden();
    const mine = whose === 'mine' ? own(ctx) : undefined;
    const rows = await ctx.db
      .select()
      .from(calls)
      .where(and(mine, state && eq(calls.state, state), latestFirst.after(cursor)))
      .orderBy(...latestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = latestFirst.page(rows, limit, ({ createdAt, id }) => [createdAt, id]);
    return { items: items.map((row) => withoutText(toOutcome(row))), ...next };
  },
});

function withoutText({ text: _, ...rest }: ReturnType<typeof toOutcome>) {
  return rest;
}

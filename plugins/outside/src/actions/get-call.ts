import { setTimeout } from 'node:timers/promises';
import { defineAction, holds, type Tools } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { isOwn, READ_ALL, toOutcome } from '../calls.ts';
import { callOutcome, outsideErrors } from '../contract.ts';
import { calls } from '../schema.ts';

const WAITS_MS = 20_000;
const POLLS_MS = [20, 50, 100, 250];

export const getCall = defineAction({
  name: 'outside.get-call',
  title: 'Call of an outside server',
  description:
    'Says what became of a call that changes something at an outside server. Waits up to 20 seconds for one that is not over.',
  effect: 'read',
  risk: 'low',
  permission: 'outside.call.read',
  untrustedOutput: true,
  input: z.strictObject({ callId: z.uuid().describe('`callId` of what the tool answered.') }),
  output: callOutcome,
  prepare: waitForEnd,
  async handler(ctx, { callId }) {
    const [row] = await ctx.db.select().from(calls).where(eq(calls.id, callId));
    if (!row || !(isOwn(ctx, row) || holds(ctx.actor.rights, READ_ALL))) throw outsideErrors.unknown_call({ callId });
    return toOutcome(row);
  },
});

/** Looks again and again, the longer the less often. Nobody learns more of it here than how long it takes. */
async function waitForEnd({ db, signal }: Tools, { callId }: { callId: string }): Promise<void> {
  const until = performance.now() + WAITS_MS;
  for (let look = 0; performance.now() < until; look += 1) {
    const [row] = await db.select({ endedAt: calls.endedAt }).from(calls).where(eq(calls.id, callId));
    if (!row || row.endedAt !== null) return;
    await setTimeout(POLLS_MS[look] ?? POLLS_MS.at(-1), undefined, { signal });
  }
}

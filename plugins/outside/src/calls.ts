// How a call of an outside server goes from state to state: by updates that are guarded by the state before.
import { type Context, personOf } from '@troupe-os/core';
import { and, eq, inArray } from 'drizzle-orm';
import type { z } from 'zod';
import { type CallState, type callOutcome, type OutsideAnswer, type OutsideFailure, outsideErrors } from './contract.ts';
import { calls } from './schema.ts';

export const READ_ALL = 'outside.call.read-all';

/** An agent sees what it called itself: its person may call more than it. */
export const isOwn = (ctx: Context, { personId, actorId }: typeof calls.$inferSelect): boolean =>
  personId === personOf(ctx) && (ctx.actor.kind !== 'agent' || actorId === ctx.actor.id);

/** The same as a condition. */
export const own = (ctx: Context) =>
  and(eq(calls.personId, personOf(ctx)), ctx.actor.kind === 'agent' ? eq(calls.actorId, ctx.actor.id) : undefined);

export async function keepCall(ctx: Context, { action }: { action: string }): Promise<z.output<typeof callOutcome>> {
  const values = { id: ctx.callId, action, actorId: ctx.actor.id, personId: personOf(ctx), createdAt: ctx.now };
  await ctx.db.insert(calls).values({ ...values, state: 'waiting', isCut: false });
  return { callId: ctx.callId, action, state: 'waiting', createdAt: ctx.now };
}

export async function beginCall(ctx: Context, callId: string): Promise<void> {
  if (!(await move(ctx, callId, ['waiting'], { state: 'sending', sentAt: ctx.now }))) throw outsideErrors.not_waiting({ callId });
}

export async function endCall(ctx: Context, callId: string, result: OutsideAnswer | OutsideFailure): Promise<void> {
  if ('error' in result) await move(ctx, callId, ['sending'], failureColumns(ctx, result));
  else {
    const { state, text, isCut } = result;
    const answered = { state, answer: text, isCut, errorCode: null, errorMessage: null, endedAt: ctx.now };
    await move(ctx, callId, ['sending', 'unknown'], answered);
  }
}

export async function giveUpCall(ctx: Context, callId: string, error: OutsideFailure['error']): Promise<void> {
  if (await move(ctx, callId, ['waiting'], failureColumns(ctx, { state: 'failed', error }))) return;
  const { code, message } = outsideErrors.outcome_unknown;
  await move(ctx, callId, ['sending'], failureColumns(ctx, { state: 'unknown', error: { code, message } }));
}

const failureColumns = ({ now }: Context, { state, error }: OutsideFailure) => ({
  state,
  errorCode: error.code,
  errorMessage: error.message,
  endedAt: now,
});

/** Whether it was in one of these states. */
async function move(
  ctx: Context,
  callId: string,
  from: readonly CallState[],
  set: Partial<typeof calls.$inferInsert>,
): Promise<boolean> {
  const rows = await ctx.db
    .update(calls)
    .set(set)
    .where(and(eq(calls.id, callId), inArray(calls.state, [...from])))
    .returning({ id: calls.id });
  return rows.length > 0;
}

export function toOutcome(row: typeof calls.$inferSelect): z.output<typeof callOutcome> {
  const { id, action, state, answer, isCut, errorCode, errorMessage, createdAt, endedAt } = row;
  return {
    callId: id,
    action,
    state,
    createdAt,
    ...(answer === null ? {} : { text: answer }),
    ...(isCut ? { isCut } : {}),
    ...(errorCode === null ? {} : { error: { code: errorCode, message: errorMessage ?? '' } }),
    ...(endedAt === null ? {} : { endedAt }),
  };
}

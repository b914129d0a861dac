// Whoever else had a hand in how a person signs in could sit in their sessions. For a day from then on each of these is marked as
// handed over, whichever way opens it.
import type { Context } from '@troupe-os/core';
import { and, eq, gt } from 'drizzle-orm';
import { people } from './schema.ts';

const DAY_MS = 24 * 3_600_000;

/** Marks the sessions that are opened for a person from now on, for a day. */
export async function handOver(ctx: Context, actorId: string): Promise<void> {
  await ctx.db
    .update(people)
    .set({ handedOverUntil: new Date(ctx.now.getTime() + DAY_MS) })
    .where(eq(people.actorId, actorId));
}

/** Whom the operator of the machine lets in is let in as themselves. */
export async function takeBack(ctx: Context, actorId: string): Promise<void> {
  if (!(await isHandedOver(ctx, actorId))) return;
  await ctx.db.update(people).set({ handedOverUntil: null }).where(eq(people.actorId, actorId));
}

/** Whether a session that is opened for this person now is marked. */
export async function isHandedOver(ctx: Pick<Context, 'db' | 'now'>, actorId: string): Promise<boolean> {
  return (await ctx.db.$count(people, and(eq(people.actorId, actorId), gt(people.handedOverUntil, ctx.now)))) > 0;
}

/** A proof that was made in a session that was handed over is in the hands of whoever sat there. */
export async function noteProof(ctx: Context): Promise<void> {
  if (ctx.handedOver) await handOver(ctx, ctx.actor.id);
}

/** Whether it is somebody else than this person who calls, or a token of theirs, which could do then what no token can. The operator of the machine may. */
export function isAnother({ actor, credential }: Context, actorId: string): boolean {
  return actor.kind !== 'operator' && (actor.id !== actorId || /^(token|app):/.test(credential));
}

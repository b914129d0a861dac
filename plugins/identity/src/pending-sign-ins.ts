// Whoever has given one proof: a session, or where a code is owed what it is given with.
import type { Context } from '@troupe-os/core';
import { and, eq, gt } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { actors, pendingSignIns } from './schema.ts';
import { enrolmentOf } from './second-factor.ts';
import { hashSecret, makeSecret } from './secrets.ts';
import { type Opening, openSession } from './sessions.ts';

const LIFE_MS = 5 * 60_000;

/** Without a session a code is owed, and `challenge` says for whom. */
export interface SignedIn {
  readonly session?: string;
  readonly challenge?: string;
  readonly expiresAt: Date;
  readonly personId: string;
}

/** The end of every way to sign in but those that are two proofs at once. */
export async function admit(ctx: Context, { actorId, openedBy, device, handedOver = false }: Opening): Promise<SignedIn> {
  if (!(await enrolmentOf(ctx.db, actorId)))
    return { ...(await openSession(ctx, { actorId, openedBy, device, handedOver, proofs: 1 })), personId: actorId };
  const { secret, hash } = makeSecret('trc_');
  const expiresAt = new Date(ctx.now.getTime() + LIFE_MS);
  await ctx.db.insert(pendingSignIns).values({
    id: crypto.randomUUID(),
    tokenHash: hash,
    actorId,
    openedBy,
    handedOver,
    device: device ?? null,
    createdAt: ctx.now,
    expiresAt,
  });
  return { challenge: secret, expiresAt, personId: actorId };
}

/** Who a challenge was given to. Errors: identity.challenge_expired. */
export async function openChallenge({ db, now }: Pick<Context, 'db' | 'now'>, challenge: string) {
  const [found] = await db
    .select({
      id: pendingSignIns.id,
      actorId: pendingSignIns.actorId,
      openedBy: pendingSignIns.openedBy,
      handedOver: pendingSignIns.handedOver,
      device: pendingSignIns.device,
    })
    .from(pendingSignIns)
    .innerJoin(actors, and(eq(actors.id, pendingSignIns.actorId), eq(actors.active, true)))
    .where(and(eq(pendingSignIns.tokenHash, hashSecret(challenge)), gt(pendingSignIns.expiresAt, now)));
  if (!found) throw identityErrors.challenge_expired();
  return found;
}

/** Uses a challenge up: of two who have the right code at once, one is let in. Errors: identity.challenge_expired. */
export async function endChallenge(ctx: Context, id: string): Promise<void> {
  const ended = await ctx.db.delete(pendingSignIns).where(eq(pendingSignIns.id, id)).returning({ id: pendingSignIns.id });
  if (ended.length === 0) throw identityErrors.challenge_expired();
}

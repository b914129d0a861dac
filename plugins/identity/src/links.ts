// Sign-in links: good for a quarter of an hour and for one use.

import type { Context } from '@troupe-os/core';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { actors, signInLinks } from './schema.ts';
import { hashSecret, makeSecret } from './secrets.ts';

const LIFE_MS = 15 * 60_000;

/** `handedOver`: somebody else than its person made it, and hands it over. */
export async function createLink(
  ctx: Context,
  actorId: string,
  { handedOver }: { handedOver: boolean },
): Promise<{ link: string; expiresAt: Date }> {
  const { secret, hash } = makeSecret('trl_');
  return { link: secret, expiresAt: await recordLink(ctx, { actorId, hash, handedOver }) };
}

/** Makes a link of which only the hash is known here good. Answers until when. */
export async function recordLink(
  ctx: Context,
  { actorId, hash, letterId, handedOver = false }: { actorId: string; hash: string; letterId?: string; handedOver?: boolean },
): Promise<Date> {
  const expiresAt = new Date(ctx.now.getTime() + LIFE_MS);
  await ctx.db.insert(signInLinks).values({
    id: crypto.randomUUID(),
    tokenHash: hash,
    actorId,
    createdBy: ctx.actor.id,
    createdAt: ctx.now,
    expiresAt,
    letterId: letterId ?? null,
    handedOver,
  });
  return expiresAt;
}

/** Uses a link up: of two who use it at once, one wins. Answers whose it was, and whether somebody else had made it. Errors: identity.link_expired. */
export async function useLink(ctx: Context, link: string): Promise<{ actorId: string; handedOver: boolean }> {
  const [used] = await ctx.db
    .update(signInLinks)
    .set({ usedAt: ctx.now })
    .where(and(eq(signInLinks.tokenHash, hashSecret(link)), isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, ctx.now)))
    .returning({ actorId: signInLinks.actorId, handedOver: signInLinks.handedOver });
  if (!used) throw identityErrors.link_expired();
  const [actor] = await ctx.db.select({ active: actors.active }).from(actors).where(eq(actors.id, used.actorId));
  if (!actor?.active) throw identityErrors.link_expired();
  return used;
}

/** Makes the unused links of a person useless. */
export async function voidLinks(ctx: Context, actorId: string): Promise<void> {
  await ctx.db.delete(signInLinks).where(and(eq(signInLinks.actorId, actorId), isNull(signInLinks.usedAt)));
}

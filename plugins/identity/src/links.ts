// Sign-in links: good for a quarter of an hour and for one use.

import type { Context } from '@troupe-os/core';
import { and, eq, gt, isNull } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { actors, signInLinks } from './schema.ts';
import { hashSecret, makeSecret } from './secrets.ts';

const LIFE_MS = 15 * 60_000;

export async function createLink(ctx: Context, actorId: string): Promise<{ link: string; expiresAt: Date }> {
  const { secret, hash } = makeSecret('trl_');
  return { link: secret, expiresAt: await recordLink(ctx, { actorId, hash }) };
}

/** Makes a link of which only the hash is known here good. Answers until when. */
export async function recordLink(
  ctx: Context,
  { actorId, hash, letterId }: { actorId: string; hash: string; letterId?: string },
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
  });
  return expiresAt;
}

/** Uses a link up: of two who use it at once, one wins. Answers whose it was. Errors: identity.link_expired. */
export async function useLink(ctx: Context, link: string): Promise<string> {
  const [used] = await ctx.db
    .update(signInLinks)
    .set({ usedAt: ctx.now })
    .where(and(eq(signInLinks.tokenHash, hashSecret(link)), isNull(signInLinks.usedAt), gt(signInLinks.expiresAt, ctx.now)))
    .returning({ actorId: signInLinks.actorId });
  if (!used) throw identityErrors.link_expired();
  const [actor] = await ctx.db.select({ active: actors.active }).from(actors).where(eq(actors.id, used.actorId));
  if (!actor?.active) throw identityErrors.link_expired();
  return used.actorId;
}

/** Makes the unused links of a person useless. */
export async function voidLinks(ctx: Context, actorId: string): Promise<void> {
  await ctx.db.delete(signInLinks).where(and(eq(signInLinks.actorId, actorId), isNull(signInLinks.usedAt)));
}

// Sign-ins over another site, between the moment when somebody leaves and the one when they come back.
import type { Context, Tools } from '@troupe-os/core';
import { and, eq, gt } from 'drizzle-orm';
import { askedFrom } from './asked-from.ts';
import { identityErrors } from './errors.ts';
import type { Passage, ProviderId } from './providers.ts';
import { providerSignIns } from './schema.ts';
import { hashSecret } from './secrets.ts';

const LIFE_MS = 10 * 60_000;

/** State, verifier and nonce are derived, so that none is stored; `binding` stays in the browser that began, so that nobody else's callback ends here. */
export function passageOf({ digest }: Pick<Tools, 'digest'>, id: string): Passage & { binding: string } {
  const [state, verifier, nonce, binding] = ['state', 'verifier', 'nonce', 'binding'].map((part) => digest([part, id])) as [
    string,
    string,
    string,
    string,
  ];
  return { state, verifier, nonce, binding };
}

export async function recordPassage(
  ctx: Context,
  {
    id,
    state,
    binding,
    provider,
    actorId,
  }: { id: string; state: string; binding: string; provider: ProviderId; actorId: string | undefined },
): Promise<void> {
  await ctx.db.insert(providerSignIns).values({
    id,
    stateHash: hashSecret(state),
    bindingHash: hashSecret(binding),
    provider,
    actorId: actorId ?? null,
    askedFrom: askedFrom(ctx),
    createdAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + LIFE_MS),
  });
}

/** Errors: identity.provider_sign_in_expired, also where another browser began. */
export async function openPassage(
  { db, now }: Pick<Context, 'db' | 'now'>,
  { state, binding }: { state: string; binding: string },
) {
  const [found] = await db
    .select()
    .from(providerSignIns)
    .where(
      and(
        eq(providerSignIns.stateHash, hashSecret(state)),
        eq(providerSignIns.bindingHash, hashSecret(binding)),
        gt(providerSignIns.expiresAt, now),
      ),
    );
  if (!found) throw identityErrors.provider_sign_in_expired();
  return found;
}

/** Uses it up: of two callbacks with one state, one goes on. Errors: identity.provider_sign_in_expired. */
export async function endPassage(ctx: Context, id: string): Promise<void> {
  const ended = await ctx.db.delete(providerSignIns).where(eq(providerSignIns.id, id)).returning({ id: providerSignIns.id });
  if (ended.length === 0) throw identityErrors.provider_sign_in_expired();
}

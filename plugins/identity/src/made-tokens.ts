// Tokens that are actors of their own, and who made them.
import type { Context } from '@troupe-os/core';
import { and, inArray, isNull, ne, sql } from 'drizzle-orm';
import { actors, tokens } from './schema.ts';

/** The actor, the actors whose tokens it made, those whose tokens these made, and so on. */
export async function holdersOf(ctx: Context, actorId: string): Promise<string[]> {
  const ids = sql`(with recursive holders (id) as (
    select ${actorId}::uuid union select made.actor_id from ${tokens} made join holders on made.created_by = holders.id::text
  ) select id from holders)`;
  const found = await ctx.db.select({ id: actors.id }).from(actors).where(inArray(actors.id, ids));
  return found.map(({ id }) => id);
}

/** Ends what somebody made for others' use; their own tokens hold what they hold. */
export async function revokeMadeTokens(ctx: Context, actorId: string): Promise<void> {
  const made = inArray(tokens.actorId, await holdersOf(ctx, actorId));
  await ctx.db
    .update(tokens)
    .set({ revokedAt: ctx.now })
    .where(and(made, ne(tokens.actorId, actorId), isNull(tokens.revokedAt)));
}

// Tokens that are actors of their own, and who made them.
import type { Context, Db } from '@troupe-os/core';
import { and, inArray, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { actors, tokens } from './schema.ts';

/** The actor, the actors whose tokens it made, those whose tokens these made, and so on. */
export async function holdersOf(ctx: Context, actorId: string): Promise<string[]> {
  const ids = sql`(with recursive holders (id) as (
    select ${actorId}::uuid union select made.actor_id from ${tokens} made join holders on made.created_by = holders.id::text
  ) select id from holders)`;
  const found = await ctx.db.select({ id: actors.id }).from(actors).where(inArray(actors.id, ids));
  return found.map(({ id }) => id);
}

/** Who made the tokens by which these actors work, who made the makers' tokens, and so on, though the tokens should work no more. */
export async function handsOf(db: Db, actorIds: readonly string[]): Promise<string[]> {
  const ids = actorIds.filter((id) => z.uuid().safeParse(id).success); // neither the operator nor a plugin works by a token
  if (ids.length === 0) return [];
  const found = await db.execute(sql`
    with recursive hands (maker) as (
      select created_by from ${tokens} where ${inArray(tokens.actorId, ids)} and created_by <> actor_id::text
      union
      select made.created_by from hands
      join ${tokens} made on made.actor_id::text = hands.maker and made.created_by <> made.actor_id::text
    )
    select maker from hands`);
  // execute answers rows on both databases
  return (found as unknown as { maker: string }[]).map(({ maker }) => maker);
}

/** Ends what somebody made for others' use; their own tokens hold what they hold. */
export async function revokeMadeTokens(ctx: Context, actorId: string): Promise<void> {
  const made = inArray(tokens.actorId, await holdersOf(ctx, actorId));
  await ctx.db
    .update(tokens)
    .set({ revokedAt: ctx.now })
    .where(and(made, ne(tokens.actorId, actorId), isNull(tokens.revokedAt)));
}

// Tokens that are actors of their own, and who made them.
import type { Context, Db } from '@troupe-os/core';
import { and, inArray, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import { actors, tokens } from './schema.ts';

/** These actors, those whose tokens they made, those whose tokens these made, and so on. What is no actor of ours holds nobody. */
export async function heldBy(ctx: Context, actorIds: readonly string[]): Promise<string[]> {
  const known = actorIds.filter((id) => z.uuid().safeParse(id).success);
  if (known.length === 0) return [];
  const ids = sql`(with recursive held (id) as (
    select id from ${actors} where ${inArray(actors.id, known)}
    union select made.actor_id from ${tokens} made join held on made.created_by = held.id::text
  ) select id from held)`;
  const found = await ctx.db.select({ id: actors.id }).from(actors).where(inArray(actors.id, ids));
  return found.map(({ id }) => id);
}

/** Who made the tokens by which these actors work, who made the makers' tokens, and so on, though the tokens should work no more; the operator of the machine holds nobody, as everybody is. */
export async function handsOf(db: Db, actorIds: readonly string[]): Promise<string[]> {
  const ids = actorIds.filter((id) => z.uuid().safeParse(id).success); // neither the operator nor a plugin works by a token
  if (ids.length === 0) return [];
  const found = await db.execute(sql`
    with recursive hands (maker) as (
      select created_by from ${tokens} where ${inArray(tokens.actorId, ids)} and created_by not in (actor_id::text, 'local-operator')
      union
      select made.created_by from hands
      join ${tokens} made on made.actor_id::text = hands.maker and made.created_by not in (made.actor_id::text, 'local-operator')
    )
    select maker from hands`);
  // execute answers rows on both databases
  return (found as unknown as { maker: string }[]).map(({ maker }) => maker);
}

/** Ends what somebody made for others' use; their own tokens hold what they hold. */
export async function revokeMadeTokens(ctx: Context, actorId: string): Promise<void> {
  const made = inArray(tokens.actorId, await heldBy(ctx, [actorId]));
  await ctx.db
    .update(tokens)
    .set({ revokedAt: ctx.now })
    .where(and(made, ne(tokens.actorId, actorId), isNull(tokens.revokedAt)));
}

// Nobody makes themselves another person: whose yes, or whose word on access, is not that of another.
import type { Context } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';

const DAY_MS = 24 * 3_600_000;

/** Who gave the caller a role within a day, who gave these theirs, and who have any of them in their hands. */
export const appointersToday = (ctx: Context): Promise<string[]> =>
  ctx.use(identityPort).appointers(ctx.actor.id, new Date(+ctx.now - DAY_MS));

/** These actors, and who have them in their hands. */
export async function withHands(ctx: Context, actorIds: readonly string[]): Promise<string[]> {
  return [...actorIds, ...(await ctx.use(identityPort).hands(actorIds))];
}

import { defineAction } from '@troupe-os/core';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { ownActorId } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { tokens } from '../schema.ts';
import { nothing } from '../shapes.ts';

export const revokeToken = defineAction({
  name: 'identity.revoke-token',
  title: 'End an access token',
  description: 'Ends one of your tokens, one that you made, or one of a person whom you manage, at once.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.token.manage',
  input: z.strictObject({ tokenId: z.uuid().describe('The id of the token, as identity.list-tokens answers it.') }),
  output: nothing,
  async handler(ctx, { tokenId }) {
    const own = await ownActorId(ctx);
    const [token] = await ctx.db
      .select({ actorId: tokens.actorId, createdBy: tokens.createdBy })
      .from(tokens)
      .where(and(eq(tokens.id, tokenId), isNull(tokens.revokedAt)))
      .for('update');
    const isOwn = token && (token.actorId === own || token.createdBy === ctx.actor.id);
    const managing = ctx.actor.rights.get('identity.person.manage') === 'company';
    if (!token || (!isOwn && !managing)) throw identityErrors.unknown_token();
    if (!isOwn) await assertMayManage(ctx, token.actorId);
    await ctx.db.update(tokens).set({ revokedAt: ctx.now }).where(eq(tokens.id, tokenId));
    return {};
  },
});

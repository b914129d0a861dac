import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { ownActorId } from '../people.ts';
import { assertMayManage } from '../rights.ts';
import { sessions } from '../schema.ts';
import { nothing } from '../shapes.ts';

export const revokeSession = defineAction({
  name: 'identity.revoke-session',
  title: 'End a session',
  description: 'Ends one of your sessions, or of a person whom you manage, at once.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.manage',
  input: z.strictObject({ sessionId: z.uuid().describe('The id of the session, as identity.list-sessions answers it.') }),
  output: nothing,
  async handler(ctx, { sessionId }) {
    const own = await ownActorId(ctx);
    const [session] = await ctx.db.select({ actorId: sessions.actorId }).from(sessions).where(eq(sessions.id, sessionId));
    const managing = ctx.actor.rights.get('identity.person.manage') === 'company';
    if (!session || (session.actorId !== own && !managing)) throw identityErrors.unknown_session();
    if (session.actorId !== own) await assertMayManage(ctx, session.actorId);
    await ctx.db.delete(sessions).where(eq(sessions.id, sessionId));
    return {};
  },
});

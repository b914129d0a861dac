import { coreErrors, defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { noteOthersHand } from '../others-hand.ts';
import { assertMayTouchWayIn } from '../rights.ts';
import { linkedIdentities } from '../schema.ts';
import { assertFresh, assertMayProve, endSessions, sessionId } from '../sessions.ts';
import { nothing } from '../shapes.ts';

export const unlinkIdentity = defineAction({
  name: 'identity.unlink-identity',
  title: 'Unlink an account',
  description: 'From now on this account signs nobody in. The other sessions of its person end.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'identity.link.manage',
  input: z.strictObject({ identityId: z.uuid().describe('The id of the link, as identity.list-identities answers it.') }),
  output: nothing,
  async handler(ctx, { identityId }) {
    if (ctx.actor.kind === 'guest') throw coreErrors.unauthenticated();
    const [link] = await ctx.db.select().from(linkedIdentities).where(eq(linkedIdentities.id, identityId)).for('update');
    const managing = ctx.actor.rights.get('identity.person.manage') === 'company';
    if (!link || (link.actorId !== ctx.actor.id && !managing)) throw identityErrors.unknown_identity();
    if (link.actorId === ctx.actor.id) {
      await assertFresh(ctx);
      await assertMayProve(ctx);
    } else await assertMayTouchWayIn(ctx, link.actorId);
    await ctx.db.delete(linkedIdentities).where(eq(linkedIdentities.id, identityId));
    await endSessions(ctx, link.actorId, link.actorId === ctx.actor.id ? sessionId(ctx.credential) : undefined);
    await noteOthersHand(ctx, link.actorId, 'identity');
    return {};
  },
});

import { coreErrors, defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { identityErrors } from '../errors.ts';
import { noteOthersHand } from '../others-hand.ts';
import { assertMayTouchWayIn } from '../rights.ts';
import { passkeys } from '../schema.ts';
import { assertFresh, assertMayChangeFactors, assertMayProve, endSessions, sessionId } from '../sessions.ts';
import { nothing } from '../shapes.ts';

export const removePasskey = defineAction({
  name: 'identity.remove-passkey',
  title: 'Remove a passkey',
  description: 'From now on this passkey signs nobody in. The other sessions of its person end.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'identity.passkey.manage',
  input: z.strictObject({ passkeyId: z.uuid().describe('The id of the passkey, as identity.list-passkeys answers it.') }),
  output: nothing,
  async handler(ctx, { passkeyId }) {
    if (ctx.actor.kind === 'guest') throw coreErrors.unauthenticated();
    const [held] = await ctx.db.select().from(passkeys).where(eq(passkeys.id, passkeyId)).for('update');
    const managing = ctx.actor.rights.get('identity.person.manage') === 'company';
    if (!held || (held.actorId !== ctx.actor.id && !managing)) throw identityErrors.unknown_passkey();
    if (held.actorId === ctx.actor.id) {
      await assertFresh(ctx);
      await assertMayProve(ctx);
      await assertMayChangeFactors(ctx, ctx.actor.id);
    } else await assertMayTouchWayIn(ctx, held.actorId);
    await ctx.db.delete(passkeys).where(eq(passkeys.id, passkeyId));
    await endSessions(ctx, held.actorId, held.actorId === ctx.actor.id ? sessionId(ctx.credential) : undefined);
    await noteOthersHand(ctx, held.actorId, 'passkey');
    return {};
  },
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { noteOthersHand } from '../others-hand.ts';
import { assertMayTouchWayIn } from '../rights.ts';
import { removeAuthenticator } from '../second-factor.ts';
import { assertFresh, assertMayChangeFactors, assertMayProve } from '../sessions.ts';
import { nothing, personId } from '../shapes.ts';

export const disableAuthenticator = defineAction({
  name: 'identity.disable-authenticator',
  title: 'Disable an authenticator',
  description:
    'From then on your sign-in needs no code any more. For those who manage people: of a person who has lost authenticator and recovery codes.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'identity.second-factor.manage',
  input: z.strictObject({ personId: personId.optional() }),
  output: nothing,
  async handler(ctx, { personId }) {
    if (personId === undefined || personId === ctx.actor.id) {
      const actorId = await assertFresh(ctx);
      await assertMayProve(ctx);
      await assertMayChangeFactors(ctx, actorId);
      await removeAuthenticator(ctx, actorId);
      return {};
    }
    await assertMayTouchWayIn(ctx, personId);
    await removeAuthenticator(ctx, personId);
    await noteOthersHand(ctx, personId, 'authenticator');
    return {};
  },
});

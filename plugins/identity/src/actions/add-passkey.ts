import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { noteProof } from '../handed-over.ts';
import { endChallengeOf, madePasskey } from '../passkeys.ts';
import { passkeys } from '../schema.ts';
import { assertFresh, assertMayChangeFactors, assertMayProve, noteSecondProof } from '../sessions.ts';
import { passkeyAnswer, personName } from '../shapes.ts';

export const addPasskey = defineAction({
  name: 'identity.add-passkey',
  title: 'Add a passkey',
  description: 'Keeps the passkey that your browser has made. From then on it signs you in by itself.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.passkey.manage',
  personal: ['name'],
  input: z.strictObject({ credential: passkeyAnswer, name: personName.describe('By which you recognise it, e.g. "My phone".') }),
  output: z.strictObject({ passkeyId: z.string() }),
  prepare: async (tools, { credential }) => madePasskey(tools, credential, await assertFresh(tools)),
  async handler(ctx, { name }, { begun, ...made }) {
    await assertMayProve(ctx, { enrols: true });
    await assertMayChangeFactors(ctx, ctx.actor.id);
    await endChallengeOf(ctx, begun);
    const passkeyId = crypto.randomUUID();
    await ctx.db.insert(passkeys).values({ id: passkeyId, actorId: ctx.actor.id, ...made, name, addedAt: ctx.now });
    await noteSecondProof(ctx);
    await noteProof(ctx);
    return { passkeyId };
  },
});

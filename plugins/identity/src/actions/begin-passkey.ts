import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { recordChallenge, registrationOf } from '../passkeys.ts';
import { assertFresh, assertMayChangeFactors, assertMayProve } from '../sessions.ts';
import { nothing } from '../shapes.ts';

export const beginPasskey = defineAction({
  name: 'identity.begin-passkey',
  title: 'Begin to add a passkey',
  description: 'Answers what your browser makes a passkey from, within five minutes, after a fresh sign-in.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.passkey.manage',
  input: nothing,
  output: z.strictObject({ options: secret().describe('JSON, for PublicKeyCredential.parseCreationOptionsFromJSON.') }),
  prepare: async (tools) => registrationOf(tools, await assertFresh(tools)),
  async handler(ctx, _input, challenge) {
    await assertMayProve(ctx, { enrols: true });
    await assertMayChangeFactors(ctx, ctx.actor.id);
    await recordChallenge(ctx, challenge);
    return { options: challenge.options };
  },
});

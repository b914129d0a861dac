import { defineAction, moment, secret } from '@troupe-os/core';
import { z } from 'zod';
import { endChallengeOf, signedBy, usePasskey } from '../passkeys.ts';
import { openSession } from '../sessions.ts';
import { device, passkeyAnswer } from '../shapes.ts';

export const signInWithPasskey = defineAction({
  name: 'identity.sign-in-with-passkey',
  title: 'Sign in with a passkey',
  description: 'Opens a session for whoever the passkey belongs to. Its authenticator has verified them, so no code is owed.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  untrustedInput: ['identity.sessions'], // what the device calls itself
  personal: ['device'],
  input: z.strictObject({ credential: passkeyAnswer, device }),
  output: z.strictObject({ session: secret(), expiresAt: moment, personId: z.string() }),
  prepare: (tools, { credential }) => signedBy(tools, credential),
  async handler(ctx, { device }, { begun, passkeyId, counter }) {
    await endChallengeOf(ctx, begun);
    const actorId = await usePasskey(ctx, passkeyId, counter);
    return { ...(await openSession(ctx, { actorId, openedBy: 'passkey', device, proofs: 2 })), personId: actorId };
  },
});

import { defineAction, moment, secret } from '@troupe-os/core';
import { z } from 'zod';
import { endChallenge, openChallenge } from '../pending-sign-ins.ts';
import { checkCode, spendCode } from '../second-factor.ts';
import { openSession } from '../sessions.ts';
import { typedCode } from '../shapes.ts';

export const confirmSignIn = defineAction({
  name: 'identity.confirm-sign-in',
  title: 'Confirm a sign-in',
  description: 'Opens the session of a sign-in that owes a code. After ten wrong ones it waits for a quarter of an hour.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  untrustedInput: ['identity.sessions'], // what the device calls itself
  input: z.strictObject({ challenge: secret(z.string().min(1).max(100)), code: typedCode }),
  output: z.strictObject({ session: secret(), expiresAt: moment, personId: z.string() }),
  async prepare(tools, { challenge, code }) {
    const { actorId } = await openChallenge(tools, challenge);
    return checkCode(tools, actorId, code);
  },
  async handler(ctx, { challenge }, code) {
    const { id, device, ...opening } = await openChallenge(ctx, challenge);
    await endChallenge(ctx, id);
    await spendCode(ctx, opening.actorId, code);
    return { ...(await openSession(ctx, { ...opening, device: device ?? undefined, proofs: 2 })), personId: opening.actorId };
  },
});

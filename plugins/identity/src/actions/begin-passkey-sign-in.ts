import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { assertionOf, recordChallenge } from '../passkeys.ts';
import { nothing } from '../shapes.ts';

export const beginPasskeySignIn = defineAction({
  name: 'identity.begin-passkey-sign-in',
  title: 'Begin to sign in with a passkey',
  description: 'Answers what a passkey is to sign within five minutes, whoever it belongs to.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  input: nothing,
  output: z.strictObject({ options: secret().describe('JSON, for PublicKeyCredential.parseRequestOptionsFromJSON.') }),
  prepare: (tools) => assertionOf(tools),
  async handler(ctx, _input, challenge) {
    await recordChallenge(ctx, challenge);
    return { options: challenge.options };
  },
});

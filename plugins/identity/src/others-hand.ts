// What others change of how a person signs in: it is noted, and the person is told.
import type { Context } from '@troupe-os/core';
import { handOver, isAnother } from './handed-over.ts';
import { tellPerson } from './letters.ts';

const AND_THEN =
  'For a day from now on nothing is decided in your name. If you did not ask for it, tell an Owner. Who did it stands in the record.';

const LETTERS = {
  address: {
    subject: 'Your account has another e-mail address',
    text: `The e-mail address of your account was changed. Links to sign in go to the new one. ${AND_THEN}`,
  },
  passkey: {
    subject: 'A passkey was removed from your account',
    text: `Somebody in charge has removed a passkey from your account. It signs you in no more. ${AND_THEN}`,
  },
  identity: {
    subject: 'An account was unlinked from yours',
    text: `Somebody in charge has unlinked an account elsewhere, or a wallet, from yours. It signs you in no more. ${AND_THEN}`,
  },
  authenticator: {
    subject: 'The authenticator of your account was disabled',
    text: `Somebody in charge has disabled your authenticator. Your sign-in needs no code any more. ${AND_THEN}`,
  },
} as const;

/**
 * Called wherever a way in of a person is changed or taken: where somebody else does it, their sessions are marked for a day, and they are
 * told by mail; of another address at the one before, `address`.
 */
export async function noteOthersHand(ctx: Context, actorId: string, what: keyof typeof LETTERS, address?: string): Promise<void> {
  if (!isAnother(ctx, actorId)) return;
  await handOver(ctx, actorId);
  await tellPerson(ctx, actorId, LETTERS[what], address);
}

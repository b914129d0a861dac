import { coreErrors, defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { linkIdentity, personOf } from '../linked-identities.ts';
import { admit } from '../pending-sign-ins.ts';
import { assertFresh, assertOwnSession } from '../sessions.ts';
import { device, signature, signedIn } from '../shapes.ts';
import { endClaim, provenBy, WALLETS } from '../wallets.ts';

export const finishWalletSignIn = defineAction({
  name: 'identity.finish-wallet-sign-in',
  title: 'Hand a signed message in',
  description:
    'Opens a session for the person that the wallet is linked to, or links it if that was begun. A message counts once.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  untrustedInput: ['identity.sessions'], // what the device calls itself
  personal: ['device'],
  input: z.strictObject({ message: secret(z.string().min(1).max(2000)), signature, device }),
  output: z.strictObject({ ...signedIn, expiresAt: signedIn.expiresAt.optional(), linked: z.boolean() }),
  async prepare(tools, { message, signature }) {
    const proven = await provenBy(tools, { message, signature: signature as `0x${string}` }); // the schema says so
    const { actorId } = proven.begun;
    if (actorId !== null && actorId !== (await assertFresh(tools))) throw coreErrors.unauthenticated();
    return proven;
  },
  async handler(ctx, { device }, { begun, subject }) {
    await endClaim(ctx, begun.id);
    if (begun.actorId !== null) {
      assertOwnSession(ctx);
      await linkIdentity(ctx, begun.actorId, WALLETS, { subject, label: begun.address });
      return { personId: begun.actorId, linked: true };
    }
    const actorId = await personOf(ctx, WALLETS, { subject, verifiedEmail: undefined, label: begun.address });
    return { ...(await admit(ctx, { actorId, openedBy: 'wallet', device })), linked: false };
  },
});

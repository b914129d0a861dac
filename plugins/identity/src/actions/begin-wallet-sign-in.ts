import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { assertFresh, assertOwnSession } from '../sessions.ts';
import { walletAddress } from '../shapes.ts';
import { claimOf, recordClaim } from '../wallets.ts';

export const beginWalletSignIn = defineAction({
  name: 'identity.begin-wallet-sign-in',
  title: 'Sign in with a wallet',
  description:
    'Answers the message (ERC-4361) that the wallet is to sign within five minutes, to sign in or, after a fresh sign-in, to link the wallet to your own account.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  input: z.strictObject({ address: walletAddress, link: z.boolean().default(false) }),
  output: z.strictObject({ message: secret() }),
  async prepare(tools, { address, link }) {
    const actorId = link ? await assertFresh(tools) : undefined;
    return { claim: await claimOf(tools, address, actorId), at: tools.now };
  },
  async handler(ctx, { link }, { claim, at }) {
    if (link) assertOwnSession(ctx);
    await recordClaim(ctx, claim, at);
    return { message: claim.message };
  },
});

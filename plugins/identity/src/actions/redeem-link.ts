import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { useLink } from '../links.ts';
import { admit } from '../pending-sign-ins.ts';
import { device, signedIn } from '../shapes.ts';

export const redeemLink = defineAction({
  name: 'identity.redeem-link',
  title: 'Sign in by a link',
  description:
    'Opens a session with the secret of a sign-in link, or asks for a code too where somebody has an authenticator. A link works once, for a quarter of an hour.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.session.open',
  untrustedInput: ['identity.sessions'], // what the device calls itself
  personal: ['device'],
  input: z.strictObject({ link: secret(z.string().min(1).max(100)), device }),
  output: z.strictObject(signedIn),
  async handler(ctx, { link, device }) {
    const whose = await useLink(ctx, link);
    return admit(ctx, { ...whose, openedBy: 'link', device });
  },
});

import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { linkAccount } from '../chat-accounts.ts';
import { tellPerson } from '../letters.ts';
import { channel, subject } from '../shapes.ts';

export const linkAccountAction = defineAction({
  name: 'identity.link-account',
  title: 'An account in a chat is linked',
  description:
    'Links the account that has sent a code to the person who made it, who is told by mail. The house does it for its bots, which know whose account it is.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.account.vouch',
  untrustedInput: ['identity.linked_identities'], // what the account calls itself
  personal: ['subject', 'label'],
  input: z.strictObject({
    code: secret(z.string().min(1).max(100)),
    channel,
    subject,
    label: z.string().max(300).describe('What the account calls itself.'),
  }),
  output: z.strictObject({ personId: z.uuid(), name: z.string() }),
  async handler(ctx, account) {
    const linked = await linkAccount(ctx, account);
    await tellPerson(ctx, linked.personId, {
      subject: `An account in ${account.channel} was linked`,
      text: `An account in ${account.channel} speaks for you from now on, with your rights. If it is not yours, unlink it on your account page at once and tell an Owner.`,
    });
    return linked;
  },
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { dropAccount } from '../chat-accounts.ts';
import { channel, subject } from '../shapes.ts';

export const unlinkAccount = defineAction({
  name: 'identity.unlink-account',
  title: 'An account in a chat takes its link away',
  description: 'From now on it is a guest. The house does it for its bots, when the account itself asks for it.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.account.vouch',
  personal: ['subject'],
  input: z.strictObject({ channel, subject }),
  output: z.strictObject({ unlinked: z.boolean().describe('False: it was linked to nobody.') }),
  handler: async (ctx, { channel, subject }) => ({ unlinked: await dropAccount(ctx, channel, subject) }),
});

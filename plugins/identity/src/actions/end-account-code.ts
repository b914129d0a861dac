import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { endAccountCode } from '../chat-accounts.ts';
import { channel, nothing } from '../shapes.ts';

export const endAccountCodeAction = defineAction({
  name: 'identity.end-account-code',
  title: 'A code is good no more',
  description: 'Ends the code of an account in a chat that others have seen too. The house does it for its bots.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'identity.account.vouch',
  input: z.strictObject({ code: secret(z.string().min(1).max(100)), channel }),
  output: nothing,
  async handler(ctx, { code, channel }) {
    await endAccountCode(ctx, { code, channel });
    return {};
  },
});

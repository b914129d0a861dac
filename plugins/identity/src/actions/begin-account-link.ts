import { defineAction, moment, secret } from '@troupe-os/core';
import { z } from 'zod';
import { makeAccountCode } from '../chat-accounts.ts';
import { assertFresh, assertOwnSession } from '../sessions.ts';
import { channel } from '../shapes.ts';

export const beginAccountLink = defineAction({
  name: 'identity.begin-account-link',
  title: 'Link an account in a chat',
  description:
    'Makes a code, good once and for ten minutes: sent to the bot by an account in that chat it links the account, which then speaks for you there.',
  effect: 'write',
  consequential: false,
  risk: 'medium',
  permission: 'identity.account.link',
  input: z.strictObject({ channel }),
  output: z.strictObject({ code: secret(), expiresAt: moment }),
  async handler(ctx, { channel }) {
    await assertFresh(ctx);
    assertOwnSession(ctx);
    return makeAccountCode(ctx, channel);
  },
});

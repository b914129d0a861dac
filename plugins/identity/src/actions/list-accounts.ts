import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { speakers } from '../chat-accounts.ts';
import { channel, subject } from '../shapes.ts';

export const listAccounts = defineAction({
  name: 'identity.list-accounts',
  title: 'Accounts in a chat',
  description: 'Lists the linked accounts of a channel with the people for whom they speak: whom a bot can write to.',
  effect: 'read',
  risk: 'low',
  permission: 'identity.account.vouch',
  untrustedOutput: true,
  input: z.strictObject({ channel }),
  output: z.strictObject({ items: z.array(z.strictObject({ subject, personId: z.uuid(), name: z.string() })) }),
  handler: async (ctx, { channel }) => ({ items: await speakers(ctx.db, channel) }),
});

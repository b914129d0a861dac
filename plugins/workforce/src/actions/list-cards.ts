import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { cardShape, channel, KEEP_CARDS, openCards } from '../cards.ts';

export const listCards = defineAction({
  name: 'workforce.list-cards',
  title: 'Approvals in chats',
  description: 'Lists the messages of a channel that show approvals and have not been closed, the oldest first.',
  effect: 'read',
  risk: 'low',
  permission: KEEP_CARDS,
  input: z.strictObject({ channel, limit: z.int().min(1).max(500).default(500) }),
  output: z.strictObject({ items: z.array(cardShape) }),
  handler: async (ctx, { channel, limit }) => ({ items: await openCards(ctx, channel, limit) }),
});

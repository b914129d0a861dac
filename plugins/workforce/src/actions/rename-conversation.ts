import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { writable } from '../conversations.ts';
import { conversations } from '../schema.ts';
import { conversationTitle } from '../shapes.ts';

export const renameConversation = defineAction({
  name: 'workforce.rename-conversation',
  title: 'Rename a conversation',
  description: 'Gives one of your conversations another title.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.conversation.use',
  personal: ['title'],
  input: z.strictObject({ conversationId: z.uuid(), title: conversationTitle }),
  output: z.strictObject({ conversationId: z.uuid(), title: z.string() }),
  async handler(ctx, { conversationId, title }) {
    await writable(ctx, conversationId);
    await ctx.db.update(conversations).set({ title }).where(eq(conversations.id, conversationId));
    return { conversationId, title };
  },
});

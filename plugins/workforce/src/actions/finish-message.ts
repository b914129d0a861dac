import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { writable } from '../conversations.ts';
import { workforceErrors } from '../errors.ts';
import { messages } from '../schema.ts';
import { messageText } from '../shapes.ts';

export const finishMessage = defineAction({
  name: 'workforce.finish-message',
  title: 'Finish a message',
  description: 'Ends a message that was being written, with its whole text. Only its author does.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.conversation.use',
  personal: ['text'],
  input: z.strictObject({
    messageId: z.uuid(),
    text: messageText,
    status: z.enum(['done', 'stopped', 'failed']).default('done'),
  }),
  output: z.strictObject({ messageId: z.uuid(), sequence: z.int() }),
  async handler(ctx, { messageId, text, status }) {
    const [message] = await ctx.db.select().from(messages).where(eq(messages.id, messageId)).for('update');
    if (message?.authorId !== ctx.actor.id) throw workforceErrors.unknown_message();
    await writable(ctx, message.conversationId);
    if (message.status !== 'streaming') throw workforceErrors.already_finished();
    await ctx.db.update(messages).set({ text, status, finishedAt: ctx.now }).where(eq(messages.id, messageId));
    return { messageId, sequence: message.sequence };
  },
});

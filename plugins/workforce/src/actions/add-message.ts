import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { AUTHOR_KINDS } from '../contract.ts';
import { addMessageTo } from '../conversations.ts';
import { messageText, toolUse } from '../shapes.ts';

export const addMessage = defineAction({
  name: 'workforce.add-message',
  title: 'Add a message',
  description: 'Writes a message down at the end of a conversation. It answers nobody: chat does.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.conversation.use',
  personal: ['text'],
  input: z
    .strictObject({
      conversationId: z.uuid(),
      author: z.enum(AUTHOR_KINDS).default('person'),
      text: messageText,
      status: z.enum(['streaming', 'done', 'failed']).default('done'),
      tool: toolUse.optional().describe('What was used, for the authors "tool" and "system".'),
      taints: z.boolean().default(false).describe('It holds text from outside: the conversation is tainted from here on.'),
    })
    .refine(({ author, tool }) => (author === 'tool' ? tool !== undefined : tool === undefined || author === 'system'), {
      path: ['tool'],
      message: 'Goes with the authors "tool", always, and "system".',
    }),
  output: z.strictObject({
    messageId: z.uuid(),
    sequence: z.int(),
    title: z.string().optional(),
    tainted: z.boolean(),
  }),
  handler: addMessageTo,
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { append, placeOf, writable } from '../conversations.ts';
import { workforceErrors } from '../errors.ts';
import { messageText, toolUse } from '../shapes.ts';

export const addMessage = defineAction({
  name: 'workforce.add-message',
  title: 'Add a message',
  description: 'Writes a message down at the end of a conversation. It answers nobody: chat does.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.conversation.use',
  private: true,
  personal: ['text'],
  input: z
    .strictObject({
      conversationId: z.uuid(),
      author: z.enum(['person', 'system']).default('person'),
      text: messageText,
      status: z.enum(['done', 'failed']).default('done'),
      tool: toolUse.optional().describe('What was used, for the author "system".'),
      replaces: z
        .uuid()
        .optional()
        .describe(
          'A message of yours: what is said from there on stands no more, and this in its place. What was done stays done.',
        ),
      taints: z.boolean().default(false).describe('It holds text from outside: the conversation is tainted from here on.'),
    })
    .refine(({ author, tool }) => tool === undefined || author === 'system', {
      path: ['tool'],
      message: 'Goes with the author "system".',
    })
    .refine(({ author, replaces }) => replaces === undefined || author === 'person', {
      path: ['replaces'],
      message: 'Goes with the author "person".',
    }),
  output: z.strictObject({
    messageId: z.uuid(),
    sequence: z.int(),
    title: z.string().optional(),
    tainted: z.boolean(),
  }),
  async handler(ctx, { conversationId, author, taints, replaces, ...message }) {
    // an agent's words are kept by its run
    if (ctx.actor.kind === 'agent') throw workforceErrors.not_the_author();
    // what an app writes as its person may be a model's, and be read by an agent as the person's own words
    const byApp = ctx.credential.startsWith('app:');
    if (byApp && author === 'system') throw workforceErrors.not_the_author();
    const conversation = await writable(ctx, conversationId);
    const who =
      author === 'system' ? { authorId: 'system', authorName: 'Troupe' } : { authorId: ctx.actor.id, authorName: ctx.actor.name };
    const replacesFrom = replaces === undefined ? undefined : await placeOf(ctx, conversationId, replaces);
    return append(ctx, conversation, { author, ...who, ...message, replacesFrom, taints: taints || byApp });
  },
});

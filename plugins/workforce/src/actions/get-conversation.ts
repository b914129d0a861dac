import { defineAction, personOf } from '@troupe-os/core';
import { and, desc, eq, lt, ne } from 'drizzle-orm';
import { z } from 'zod';
import { readable, standing } from '../conversations.ts';
import { memoriesTold } from '../memories-told.ts';
import { summary } from '../run-shapes.ts';
import { messages } from '../schema.ts';
import { conversationRecord, messageRecord, toConversation, toMessage } from '../shapes.ts';

export const getConversation = defineAction({
  name: 'workforce.get-conversation',
  title: 'Conversation',
  description: 'Shows a conversation with its latest messages, the oldest of them first; `before` goes further back.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.conversation.use',
  // what was read from outside may stand in a conversation
  untrustedOutput: true,
  input: z.strictObject({
    conversationId: z.uuid(),
    before: z.int().min(1).optional().describe('Only messages with a smaller number.'),
    withReplaced: z.boolean().default(false).describe('Whether those are among them in whose place something else was said.'),
    withTools: z.boolean().default(true).describe('Whether the messages of tools are among them.'),
    limit: z.int().min(1).max(100).default(50),
  }),
  output: z.strictObject({
    conversation: conversationRecord,
    summary: summary.optional().describe('What the agent is told of the messages up to `upTo`, instead of them.'),
    messages: z.array(messageRecord),
    earlier: z.int().optional().describe('Give it as `before` to go further back.'),
  }),
  async handler(ctx, { conversationId, before, withReplaced, withTools, limit }) {
    const conversation = await readable(ctx, conversationId);
    const rows = await ctx.db
      .select()
      .from(messages)
      .where(
        and(
          eq(messages.conversationId, conversationId),
          before === undefined ? undefined : lt(messages.sequence, before),
          withReplaced ? undefined : standing,
          withTools ? undefined : ne(messages.authorKind, 'tool'),
        ),
      )
      .orderBy(desc(messages.sequence))
      .limit(limit);
    const isOwn = conversation.ownerId === personOf(ctx);
    const told = await memoriesTold(ctx, rows);
    const first = rows.at(-1)?.sequence ?? 1;
    return {
      conversation: toConversation(conversation),
      summary: conversation.summary === null ? undefined : { text: conversation.summary, upTo: conversation.summarySequence },
      messages: rows.reverse().map((row) => ({ ...toMessage(isOwn ? row : withoutMemories(row)), ...told.get(row.id) })),
      earlier: rows.length === limit && first > 1 ? first : undefined,
    };
  },
});

const OF_MEMORIES = ['save-memory', 'search-memories', 'list-memories', 'delete-memory'].map((verb) => `workforce.${verb}`);

/** What a tool was given and answered of memories is for the person of the conversation alone: some of them are kept for nobody else. */
function withoutMemories(row: typeof messages.$inferSelect): typeof messages.$inferSelect {
  const isOfMemories = row.toolAction !== null && OF_MEMORIES.includes(row.toolAction);
  return isOfMemories ? { ...row, text: 'Of memories, which are its person’s.', toolInput: null } : row;
}

import { defineAction, holds, keyset, pageInput, personOf } from '@troupe-os/core';
import { and, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import { conversationColumns, READ_ALL } from '../conversations.ts';
import { workforceErrors } from '../errors.ts';
import { agents, conversations } from '../schema.ts';
import { conversationRecord, toConversation } from '../shapes.ts';

const latestFirst = keyset('workforce.list-conversations', { descending: [conversations.updatedAt, conversations.id] });

export const listConversations = defineAction({
  name: 'workforce.list-conversations',
  title: 'Conversations',
  description: "Lists your conversations, the latest first; with the right to it, everybody's.",
  effect: 'read',
  risk: 'low',
  permission: 'workforce.conversation.use',
  entries: { id: 'conversationId', inputs: ['conversationId'], names: ['title'] },
  input: z.strictObject({
    whose: z.enum(['mine', 'everybody']).default('mine'),
    withTasks: z.boolean().default(true).describe('Also those in which agents do tasks.'),
    ...pageInput,
  }),
  output: z.strictObject({ items: z.array(conversationRecord), nextCursor: z.string().optional() }),
  async handler(ctx, { whose, withTasks, limit, cursor }) {
    if (whose === 'everybody' && !holds(ctx.actor.rights, READ_ALL)) throw workforceErrors.others_hidden();
    const rows = await ctx.db
      .select(conversationColumns)
      .from(conversations)
      .leftJoin(agents, eq(agents.id, conversations.agentId))
      .where(
        and(
          whose === 'mine' ? eq(conversations.ownerId, personOf(ctx)) : undefined,
          withTasks ? undefined : ne(conversations.surface, 'task'),
          latestFirst.after(cursor),
        ),
      )
      .orderBy(...latestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = latestFirst.page(rows, limit, ({ updatedAt, id }) => [updatedAt, id]);
    return { items: items.map(toConversation), ...next };
  },
});

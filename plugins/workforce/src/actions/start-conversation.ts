import { defineAction } from '@troupe-os/core';
import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { agentOf } from '../agents.ts';
import { personOf } from '../conversations.ts';
import { workforceErrors } from '../errors.ts';
import { agents, conversations } from '../schema.ts';
import { conversationTitle } from '../shapes.ts';

export const startConversation = defineAction({
  name: 'workforce.start-conversation',
  title: 'Start a conversation',
  description: 'Starts a conversation of your own with an agent; without a choice the first active agent answers.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.conversation.use',
  personal: ['title'],
  input: z.strictObject({
    agentId: z.uuid().optional(),
    title: conversationTitle.optional().describe('Without one the first message gives it.'),
    surface: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/)
      .default('api')
      .describe('Where it was started.'),
  }),
  output: z.strictObject({ conversationId: z.uuid(), agentId: z.uuid().optional() }),
  async handler(ctx, { agentId, title, surface }) {
    const agent = agentId === undefined ? await firstActive() : await agentOf(ctx, agentId);
    if (agent?.state === 'paused') throw workforceErrors.agent_paused();
    const conversationId = crypto.randomUUID();
    await ctx.db.insert(conversations).values({
      id: conversationId,
      ownerId: personOf(ctx),
      agentId: agent?.id ?? null,
      title: title ?? null,
      surface,
      tainted: ctx.tainted, // what it was given as a title another agent reads
      createdAt: ctx.now,
      updatedAt: ctx.now,
    });
    return { conversationId, agentId: agent?.id };

    async function firstActive() {
      const [first] = await ctx.db
        .select()
        .from(agents)
        .where(eq(agents.state, 'active'))
        .orderBy(asc(agents.createdAt), asc(agents.id))
        .limit(1);
      return first;
    }
  },
});

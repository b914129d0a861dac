import { defineAction, personOf } from '@troupe-os/core';
import { and, asc, eq, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { agentOf } from '../agents.ts';
import { place } from '../cards.ts';
import { workforceErrors } from '../errors.ts';
import { agents, conversations } from '../schema.ts';
import { conversationTitle } from '../shapes.ts';

export const startConversation = defineAction({
  name: 'workforce.start-conversation',
  title: 'Start a conversation',
  description:
    'Starts a conversation of your own with an agent; without a choice the first active agent answers. At a place in a chat it is the one that goes on there.',
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
    place: place.optional().describe('Where in a chat it goes on. The one that is there already is answered, unless `afresh`.'),
    afresh: z.boolean().default(false).describe('Another one goes on at this place from now on.'),
  }),
  output: z.strictObject({ conversationId: z.uuid(), agentId: z.uuid().optional() }),
  async handler(ctx, { agentId, title, surface, place, afresh }) {
    const here =
      place === undefined
        ? undefined
        : and(eq(conversations.ownerId, personOf(ctx)), eq(conversations.surface, surface), eq(conversations.place, place));
    if (here && afresh) await ctx.db.update(conversations).set({ place: null }).where(here);
    const known = here && (await there(here));
    if (known) return known;
    const agent = agentId === undefined ? await firstActive() : await agentOf(ctx, agentId);
    if (agent?.state === 'paused') throw workforceErrors.agent_paused();
    const conversationId = crypto.randomUUID();
    const made = await ctx.db
      .insert(conversations)
      .values({
        id: conversationId,
        ownerId: personOf(ctx),
        agentId: agent?.id ?? null,
        title: title ?? null,
        surface,
        place: place ?? null,
        tainted: ctx.tainted, // what it was given as a title another agent reads
        createdAt: ctx.now,
        updatedAt: ctx.now,
      })
      .onConflictDoNothing()
      .returning({ id: conversations.id });
    if (made.length === 0 && here) return (await there(here)) ?? { conversationId }; // two begin at one moment
    return { conversationId, agentId: agent?.id };

    async function there(where: SQL | undefined) {
      const [found] = await ctx.db
        .select({ conversationId: conversations.id, agentId: conversations.agentId })
        .from(conversations)
        .where(where);
      return found && { conversationId: found.conversationId, agentId: found.agentId ?? undefined };
    }

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

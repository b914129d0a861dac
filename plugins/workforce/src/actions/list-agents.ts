import { defineAction, keyset, pageInput } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { AGENT_STATES } from '../contract.ts';
import { agents } from '../schema.ts';
import { agentRecord, toAgent } from '../shapes.ts';

const oldestFirst = keyset('workforce.list-agents', { ascending: [agents.createdAt, agents.id] });

export const listAgents = defineAction({
  name: 'workforce.list-agents',
  title: 'Agents',
  description: 'Lists the AI employees, the oldest first.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.agent.read',
  entries: {
    id: 'agentId',
    inputs: ['agentId', 'assigneeId', 'actorId', 'actor', 'agent'],
    names: ['name'],
    about: ['name', 'role'],
  },
  input: z.strictObject({ state: z.enum(AGENT_STATES).optional(), ...pageInput }),
  output: z.strictObject({ items: z.array(agentRecord.omit({ instructions: true })), nextCursor: z.string().optional() }),
  async handler(ctx, { state, limit, cursor }) {
    const rows = await ctx.db
      .select()
      .from(agents)
      .where(and(state && eq(agents.state, state), oldestFirst.after(cursor)))
      .orderBy(...oldestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = oldestFirst.page(rows, limit, ({ createdAt, id }) => [createdAt, id]);
    return { items: items.map(toAgent).map(({ instructions: _, ...agent }) => agent), ...next };
  },
});

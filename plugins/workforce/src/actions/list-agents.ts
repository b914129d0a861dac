import { defineAction } from '@troupe-os/core';
import { and, asc, eq, gt, or } from 'drizzle-orm';
import { z } from 'zod';
import { AGENT_STATES } from '../contract.ts';
import { cutPage, pageInput, readCursor } from '../pages.ts';
import { agents } from '../schema.ts';
import { agentRecord, toAgent } from '../shapes.ts';

export const listAgents = defineAction({
  name: 'workforce.list-agents',
  title: 'Agents',
  description: 'Lists the AI employees, the oldest first.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.agent.read',
  input: z.strictObject({ state: z.enum(AGENT_STATES).optional(), ...pageInput }),
  output: z.strictObject({ items: z.array(agentRecord.omit({ instructions: true })), nextCursor: z.string().optional() }),
  async handler(ctx, { state, limit, cursor }) {
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const rows = await ctx.db
      .select()
      .from(agents)
      .where(
        and(
          state && eq(agents.state, state),
          after && or(gt(agents.createdAt, after.at), and(eq(agents.createdAt, after.at), gt(agents.id, after.id))),
        ),
      )
      .orderBy(asc(agents.createdAt), asc(agents.id))
      .limit(limit + 1);
    const { items, ...next } = cutPage(rows, limit, ({ createdAt, id }) => [createdAt, id]);
    return { items: items.map(toAgent).map(({ instructions: _, ...agent }) => agent), ...next };
  },
});

import { coreErrors, defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { agentOf, keepTo } from '../agents.ts';
import { AGENT_STATES } from '../contract.ts';
import { agents } from '../schema.ts';
import { agentActions, agentFields, agentName, modelName } from '../shapes.ts';

export const updateAgent = defineAction({
  name: 'workforce.update-agent',
  title: 'Change an agent',
  description: 'Changes what an AI employee is called, told, run by and kept to, or pauses it. What is left out stays as it is.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'workforce.agent.manage',
  resource: { table: 'workforce.agents', key: 'agentId' },
  input: z.strictObject({
    agentId: z.uuid(),
    name: agentName.optional(),
    role: agentFields.role.optional(),
    description: agentFields.description.optional(),
    instructions: agentFields.instructions.optional(),
    departments: agentFields.departments.optional(),
    model: modelName.nullable().optional().describe('provider/model; null: that of the installation.'),
    state: z.enum(AGENT_STATES).optional(),
    responsibleId: z.string().min(1).max(100).optional(),
    actions: agentActions.nullable().optional().describe('As in workforce.create-agent; null: all that its roles open.'),
  }),
  output: z.strictObject({ agentId: z.uuid() }),
  async handler(ctx, { agentId, actions, ...change }) {
    // the record is the whole company's, so a right on one brand does not reach it
    if (ctx.actor.rights.get('workforce.agent.manage') !== 'company') throw coreErrors.unknown_action();
    await agentOf(ctx, agentId);
    if (actions !== undefined) await keepTo(ctx, agentId, actions);
    const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    await ctx.db
      .update(agents)
      .set({ ...known, updatedAt: ctx.now })
      .where(eq(agents.id, agentId));
    return { agentId };
  },
});

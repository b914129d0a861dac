import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { addAgent } from '../agents.ts';
import { agentActions, agentFields, agentName, dailyMicroUsd, modelName } from '../shapes.ts';

export const createAgent = defineAction({
  name: 'workforce.create-agent',
  title: 'Add an agent',
  description: 'Adds an AI employee, with rights of its own. Whoever talks to it gets what both of them may do, and no more.',
  effect: 'write',
  consequential: true,
  risk: 'high',
  permission: 'workforce.agent.manage',
  input: z.strictObject({
    name: agentName,
    ...agentFields,
    model: modelName.optional(),
    responsibleId: z.string().min(1).max(100).optional().describe('The person who answers for the agent; without one, you.'),
    roles: z
      .array(
        z.strictObject({
          role: z.enum(['admin', 'editor', 'viewer', 'guest']),
          brandId: z.string().optional().describe('Without one the whole company.'),
        }),
      )
      .max(20)
      .default([{ role: 'viewer' }]),
    actions: agentActions.optional(),
    dailyMicroUsd: dailyMicroUsd.optional(),
  }),
  output: z.strictObject({ agentId: z.uuid() }),
  async handler(ctx, { responsibleId, ...agent }) {
    return { agentId: await addAgent(ctx, { ...agent, responsibleId: responsibleId ?? ctx.actor.id }) };
  },
});

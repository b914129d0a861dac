import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { agentOf } from '../agents.ts';
import { agentRecord, toAgent } from '../shapes.ts';

export const getAgent = defineAction({
  name: 'workforce.get-agent',
  title: 'Agent',
  description: 'Shows one AI employee with the instructions that it works by.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.agent.read',
  input: z.strictObject({ agentId: z.uuid() }),
  output: agentRecord,
  async handler(ctx, { agentId }) {
    return toAgent(await agentOf(ctx, agentId));
  },
});

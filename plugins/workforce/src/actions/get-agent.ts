import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { describeAgent } from '../agents.ts';
import { agentDetail } from '../shapes.ts';

export const getAgent = defineAction({
  name: 'workforce.get-agent',
  title: 'Agent',
  description: 'Shows one AI employee with the instructions that it works by, and what it may do.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.agent.read',
  input: z.strictObject({ agentId: z.uuid() }),
  output: agentDetail,
  handler: (ctx, { agentId }) => describeAgent(ctx, agentId),
});

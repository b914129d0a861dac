import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { claimTask as claim } from '../task-work.ts';

export const claimTask = defineAction({
  name: 'workforce.claim-task',
  title: 'Take a task up',
  description: 'Takes up the next task that is due for an agent: nobody else gets it. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  input: z.strictObject({ runner: z.uuid().describe('The process that works on it.') }),
  output: z.strictObject({
    task: z
      .strictObject({
        taskId: z.uuid(),
        conversationId: z.uuid(),
        lastSequence: z.int(),
        agentId: z.string(),
        mandate: z.string().describe('JSON: with whose rights it is done.'),
        personName: z.string(),
        tainted: z.boolean(),
      })
      .optional(),
  }),
  handler: async (ctx, { runner }) => ({ task: await claim(ctx, runner) }),
});

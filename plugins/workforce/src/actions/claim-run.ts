import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { keptStep, modelLimits, runKey } from '../run-shapes.ts';
import { claim } from '../runs.ts';

export const claimRun = defineAction({
  name: 'workforce.claim-run',
  title: 'Go on with a run',
  description: 'Takes over a run whose process has ended: the first that asks gets it. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  input: z.strictObject({ ...runKey, from: z.uuid().describe('The process that worked on it.') }),
  output: z.strictObject({
    runId: z.uuid(),
    taskId: z.uuid().optional().describe('The task at which it works.'),
    conversationId: z.uuid(),
    messageId: z.uuid(),
    sequence: z.int(),
    agentId: z.uuid(),
    personId: z.string(),
    personName: z.string(),
    caller: z.string(),
    surface: z.string().describe('Where it was asked.'),
    place: z.string().optional().describe('Where in a chat.'),
    tainted: z.boolean(),
    trace: z.string(),
    requestId: z.string(),
    memories: z.array(z.uuid()).describe('What was remembered and told to the agent before it answered.'),
    createdAt: moment,
    lastStep: z.int(),
    takeovers: z.int().describe('This one too.'),
    models: z.array(modelLimits),
    steps: z.array(keptStep),
  }),
  handler: claim,
});

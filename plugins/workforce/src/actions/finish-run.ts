import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { answerGiven, runKey, toolResult } from '../run-shapes.ts';
import { endRun } from '../runs.ts';
import { messageText } from '../shapes.ts';

export const finishRun = defineAction({
  name: 'workforce.finish-run',
  title: 'Finish a run',
  description: 'Ends the answer of an agent with its whole text, and pays for its last step. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  private: true,
  personal: ['text', 'answer', 'results'],
  input: z.strictObject({
    ...runKey,
    status: z.enum(['done', 'stopped', 'failed']),
    error: z.string().max(200).optional().describe('The code of what ended it.'),
    isPassing: z.boolean().default(false).describe('It may end better at another try.'),
    text: messageText,
    answer: answerGiven.omit({ runId: true, runner: true }).optional().describe('Of the last step, where it is not kept yet.'),
    results: z.array(toolResult).max(200).default([]),
  }),
  output: z.strictObject({ runId: z.uuid() }),
  async handler(ctx, run) {
    await endRun(ctx, run);
    return { runId: run.runId };
  },
});

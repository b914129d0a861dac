import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { requestBytes, runKey, summary, toolResult } from '../run-shapes.ts';
import { beginStep as begin } from '../runs.ts';

export const beginStep = defineAction({
  name: 'workforce.begin-step',
  title: 'Begin a step',
  description:
    'Keeps what the tools of the step before answered, and sets the cost of the next question aside. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  private: true,
  personal: ['results', 'summary'],
  input: z.strictObject({
    ...runKey,
    number: z.int().min(2).describe('Of the step that begins.'),
    results: z.array(toolResult).max(200).default([]),
    summary: summary.optional().describe('What the step before has made of the beginning of the conversation.'),
    requestBytes,
  }),
  output: z.strictObject({ number: z.int() }),
  async handler(ctx, step) {
    await begin(ctx, step);
    return { number: step.number };
  },
});

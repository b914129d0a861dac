import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { answerGiven } from '../run-shapes.ts';
import { keepAnswer as keep } from '../runs.ts';

export const keepAnswer = defineAction({
  name: 'workforce.keep-answer',
  title: 'Keep what a model answered',
  description: 'Keeps the answer of a step and pays for it, before any tool is used. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  private: true,
  personal: ['text', 'calls'],
  input: answerGiven,
  output: z.strictObject({ number: z.int() }),
  async handler(ctx, answer) {
    await keep(ctx, answer);
    return { number: answer.number };
  },
});

import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { keepAttempt as keep } from '../task-work.ts';

export const keepAttempt = defineAction({
  name: 'workforce.keep-attempt',
  title: 'Keep why a task was not begun',
  description: 'Ends an attempt of which no run came about, or whose process has ended before it. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  input: z.strictObject({
    taskId: z.uuid(),
    runner: z.uuid().describe('The process that worked on it.'),
    error: z.string().min(1).max(200).describe('The code of what ended it.'),
    isPassing: z.boolean().describe('It may end better at another try.'),
    resetsAt: moment.optional().describe('When a budget that was reached begins anew.'),
  }),
  output: z.strictObject({ taskId: z.uuid() }),
  async handler(ctx, attempt) {
    await keep(ctx, attempt);
    return { taskId: attempt.taskId };
  },
});

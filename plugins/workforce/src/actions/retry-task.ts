import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { TASK_STATES } from '../contract.ts';
import { goOn, tell } from '../task-words.ts';
import { changeableTask, tryAgain } from '../tasks.ts';

export const retryTask = defineAction({
  name: 'workforce.retry-task',
  title: 'Try a task again',
  description: 'Has a task tried again that failed, or that waits for its next attempt or for a new day of the budget: now.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.task.use',
  input: z.strictObject({ taskId: z.uuid() }),
  output: z.strictObject({ taskId: z.uuid(), state: z.enum(TASK_STATES) }),
  async handler(ctx, { taskId }) {
    const task = await changeableTask(ctx, taskId);
    const { state } = await tryAgain(ctx, task);
    await tell(ctx, task, `You are asked to try again. ${await goOn(ctx, task)}`);
    return { taskId, state };
  },
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { cancel, changeableTask } from '../tasks.ts';

export const cancelTask = defineAction({
  name: 'workforce.cancel-task',
  title: 'Cancel a task',
  description: 'Cancels a task with all that was handed over in it. An agent that works on it stops at its next step.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.task.use',
  input: z.strictObject({ taskId: z.uuid() }),
  output: z.strictObject({ taskId: z.uuid() }),
  async handler(ctx, { taskId }) {
    await cancel(ctx, await changeableTask(ctx, taskId));
    return { taskId };
  },
});

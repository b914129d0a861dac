import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { release } from '../task-waits.ts';

export const releaseTask = defineAction({
  name: 'workforce.release-task',
  title: 'Go on with a task that waited',
  description:
    'Opens a task again where what it waited for has come, and ends it where that never will. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  input: z.strictObject({ taskId: z.uuid() }),
  output: z.strictObject({ released: z.boolean() }),
  handler: async (ctx, { taskId }) => ({ released: (await release(ctx, taskId)) !== undefined }),
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { TASK_STATES } from '../contract.ts';
import { messageText } from '../shapes.ts';
import { finish } from '../tasks.ts';

export const finishTask = defineAction({
  name: 'workforce.finish-task',
  title: 'Finish a task',
  description:
    'Says what came of a task that you do: a person ends it by that, an agent as soon as its answer ends. "failed" says that it cannot be done, and why.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.task.use',
  personal: ['output'],
  input: z.strictObject({
    taskId: z.uuid(),
    outcome: z.enum(['done', 'failed']).default('done'),
    output: messageText.min(1).describe('What came of it.'),
  }),
  output: z.strictObject({ taskId: z.uuid(), state: z.enum(TASK_STATES) }),
  async handler(ctx, said) {
    const { id, state } = await finish(ctx, said);
    return { taskId: id, state };
  },
});

import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { assigneeId, dueAt, priority, taskRecord, toTask } from '../task-shapes.ts';
import { changeableTask, changeTask, reassign } from '../tasks.ts';

export const updateTask = defineAction({
  name: 'workforce.update-task',
  title: 'Change a task',
  description: 'Gives a task to somebody else, who begins it anew, or changes how soon it is done. What is to be done stays.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.task.use',
  input: z.strictObject({
    taskId: z.uuid(),
    assigneeId: assigneeId.optional(),
    priority: priority.optional(),
    dueAt: dueAt.optional(),
  }),
  output: taskRecord,
  async handler(ctx, { taskId, assigneeId, priority, dueAt }) {
    const task = await changeableTask(ctx, taskId);
    const changed = {
      ...(assigneeId === undefined ? {} : await reassign(ctx, task, assigneeId)),
      ...(priority === undefined ? {} : { priority }),
      ...(dueAt === undefined ? {} : { dueAt }),
    };
    return toTask(await changeTask(ctx, taskId, changed));
  },
});

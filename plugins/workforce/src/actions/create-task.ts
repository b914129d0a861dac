import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { TASK_STATES } from '../contract.ts';
import { assigneeId, dueAt, priority, taskBrief, taskTitle } from '../task-shapes.ts';
import { addTask, giverOf } from '../tasks.ts';

export const createTask = defineAction({
  name: 'workforce.create-task',
  title: 'Give a task',
  description:
    'Gives a task to an agent, who does it by itself with what both of you may do, or to a person. It waits until the tasks that it depends on are done.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.task.use',
  personal: ['title', 'brief'],
  input: z.strictObject({
    title: taskTitle,
    brief: taskBrief,
    assigneeId,
    priority: priority.default(3),
    dueAt: dueAt.optional(),
    mostAttempts: z.int().min(1).max(10).default(3).describe('How often an agent tries it at most.'),
    dependsOn: z.array(z.uuid()).max(20).default([]).describe('Ids of tasks that have to be done first.'),
  }),
  output: z.strictObject({ taskId: z.uuid(), state: z.enum(TASK_STATES) }),
  async handler(ctx, task) {
    const { id, state } = await addTask(ctx, await giverOf(ctx), task);
    return { taskId: id, state };
  },
});

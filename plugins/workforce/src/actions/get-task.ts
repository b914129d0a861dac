import { defineAction } from '@troupe-os/core';
import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { TASK_STATES } from '../contract.ts';
import { taskDependencies, tasks } from '../schema.ts';
import { taskRecord, toTask } from '../task-shapes.ts';
import { readableTask } from '../tasks.ts';

const other = z.strictObject({ taskId: z.uuid(), state: z.enum(TASK_STATES) });

export const getTask = defineAction({
  name: 'workforce.get-task',
  title: 'Task',
  description: 'Shows a task with what came of it, what it depends on and what was given in it.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.task.use',
  input: z.strictObject({ taskId: z.uuid() }),
  output: z.strictObject({ ...taskRecord.shape, dependsOn: z.array(other), children: z.array(other) }),
  async handler(ctx, { taskId }) {
    const task = await readableTask(ctx, taskId);
    const columns = { taskId: tasks.id, state: tasks.state };
    const [dependsOn, children] = await Promise.all([
      ctx.db
        .select(columns)
        .from(taskDependencies)
        .innerJoin(tasks, eq(tasks.id, taskDependencies.dependsOnId))
        .where(eq(taskDependencies.taskId, taskId))
        .orderBy(asc(tasks.number)),
      ctx.db.select(columns).from(tasks).where(eq(tasks.parentId, taskId)).orderBy(asc(tasks.number)),
    ]);
    return { ...toTask(task), dependsOn, children };
  },
});

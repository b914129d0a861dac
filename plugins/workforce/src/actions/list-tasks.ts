import { defineAction, holds, keyset, pageInput, personOf } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { TASK_STATES } from '../contract.ts';
import { workforceErrors } from '../errors.ts';
import { tasks } from '../schema.ts';
import { taskRecord, toTask } from '../task-shapes.ts';
import { involving, TASKS_ALL } from '../tasks.ts';

const latestFirst = keyset('workforce.list-tasks', { descending: [tasks.createdAt, tasks.id] });

export const listTasks = defineAction({
  name: 'workforce.list-tasks',
  title: 'Tasks',
  description:
    "Lists the tasks that you gave, that are yours to do or are done in your name, the latest first; with the right to it, everybody's.",
  effect: 'read',
  risk: 'low',
  permission: 'workforce.task.use',
  entries: { id: 'taskId', inputs: ['taskId', 'parentId'], names: ['title'], about: ['title', 'state'] },
  input: z.strictObject({
    whose: z.enum(['mine', 'everybody']).default('mine'),
    state: z.enum(TASK_STATES).optional(),
    assigneeId: z.string().max(100).optional().describe('Only those of this agent or person.'),
    parentId: z.uuid().optional().describe('Only those that were given in this task.'),
    scheduleId: z.uuid().optional().describe('Only those that this schedule made.'),
    ...pageInput,
  }),
  output: z.strictObject({
    items: z.array(taskRecord.omit({ brief: true, output: true, payload: true })),
    nextCursor: z.string().optional(),
  }),
  async handler(ctx, { whose, state, assigneeId, parentId, scheduleId, limit, cursor }) {
    if (whose === 'everybody' && !holds(ctx.actor.rights, TASKS_ALL)) throw workforceErrors.others_hidden();
    const rows = await ctx.db
      .select()
      .from(tasks)
      .where(
        and(
          whose === 'mine' ? involving(personOf(ctx)) : undefined,
          state && eq(tasks.state, state),
          assigneeId === undefined ? undefined : eq(tasks.assigneeId, assigneeId),
          parentId === undefined ? undefined : eq(tasks.parentId, parentId),
          scheduleId === undefined ? undefined : eq(tasks.scheduleId, scheduleId),
          latestFirst.after(cursor),
        ),
      )
      .orderBy(...latestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = latestFirst.page(rows, limit, ({ createdAt, id }) => [createdAt, id]);
    return { items: items.map(toTask).map(({ brief: _, output: __, payload: ___, ...task }) => task), ...next };
  },
});

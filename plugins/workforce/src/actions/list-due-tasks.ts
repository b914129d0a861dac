import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { dueSchedules } from '../schedules.ts';
import { openAsks, waitingTasks } from '../task-waits.ts';
import { isAnyDue, runningWithoutRun } from '../task-work.ts';

export const listDueTasks = defineAction({
  name: 'workforce.list-due-tasks',
  title: 'Tasks with which something is to be done',
  description:
    'Says which schedules are due, whether an agent could begin a task, which ones may go on, and which ones nobody may work on any more. The house does it by itself.',
  effect: 'read',
  risk: 'low',
  permission: 'workforce.run.keep',
  input: z.strictObject({
    limit: z.int().min(1).max(500).default(100),
    asksAfter: z.uuid().optional().describe('The last one of those that were listed before: what follows it is listed.'),
  }),
  output: z.strictObject({
    schedules: z.array(z.strictObject({ scheduleId: z.uuid(), dueAt: moment })),
    isAnyDue: z.boolean(),
    waiting: z.array(z.strictObject({ taskId: z.uuid() })),
    asks: z.array(
      z.strictObject({
        approvalId: z.uuid(),
        isDropped: z.boolean().describe('All tasks that waited for it were cancelled.'),
      }),
    ),
    withoutRun: z.array(z.strictObject({ taskId: z.uuid(), runner: z.uuid() })),
  }),
  handler: async (ctx, { limit, asksAfter }) => ({
    schedules: (await dueSchedules(ctx, limit)).flatMap(({ scheduleId, dueAt }) => (dueAt ? [{ scheduleId, dueAt }] : [])),
    isAnyDue: await isAnyDue(ctx),
    waiting: await waitingTasks(ctx, limit),
    asks: await openAsks(ctx, limit, asksAfter),
    withoutRun: (await runningWithoutRun(ctx, limit)).flatMap(({ taskId, runner }) => (runner ? [{ taskId, runner }] : [])),
  }),
});

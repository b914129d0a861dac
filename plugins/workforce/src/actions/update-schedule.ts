import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { cron, filter, scheduleRecord, timeZone, toSchedule } from '../schedule-shapes.ts';
import { updateSchedule as update } from '../schedules.ts';
import { priority, taskBrief, taskTitle } from '../task-shapes.ts';

export const updateSchedule = defineAction({
  name: 'workforce.update-schedule',
  title: 'Change a standing task',
  description: 'Changes what a schedule has done, by whom and when. From then on it is done in your name.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'workforce.schedule.manage',
  personal: ['title', 'brief'],
  input: z.strictObject({
    scheduleId: z.uuid(),
    title: taskTitle.optional(),
    brief: taskBrief.optional(),
    agentId: z.uuid().optional(),
    priority: priority.optional(),
    cron: cron.optional(),
    timeZone: timeZone.optional(),
    filter: filter.optional(),
  }),
  output: scheduleRecord,
  handler: async (ctx, { scheduleId, ...changed }) => toSchedule(await update(ctx, scheduleId, changed)),
});

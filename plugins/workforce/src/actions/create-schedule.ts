import { defineAction, secret } from '@troupe-os/core';
import { z } from 'zod';
import { cron, event, filter, scheduleRecord, timeZone, toSchedule } from '../schedule-shapes.ts';
import { addSchedule } from '../schedules.ts';
import { priority, taskBrief, taskTitle } from '../task-shapes.ts';
import { secretOf } from '../webhooks.ts';

export const createSchedule = defineAction({
  name: 'workforce.create-schedule',
  title: 'Set up a standing task',
  description:
    'Has an agent do a task each time: by the clock (cron), when something has happened in the house (event), or else when its address is called from outside (webhook, whose secret is shown now and never again). It is done in your name.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'workforce.schedule.manage',
  personal: ['title', 'brief'],
  input: z
    .strictObject({
      title: taskTitle,
      brief: taskBrief,
      agentId: z.uuid(),
      priority: priority.default(3),
      cron: cron.optional(),
      timeZone: timeZone.optional(),
      event: event.optional(),
      filter: filter.optional(),
    })
    .refine(({ cron, event }) => cron === undefined || event === undefined, { path: ['event'], message: 'A clock or an event.' })
    .refine(({ cron, timeZone }) => cron !== undefined || timeZone === undefined, {
      path: ['timeZone'],
      message: 'Goes with cron.',
    })
    .refine(({ event, filter }) => event !== undefined || filter === undefined, {
      path: ['filter'],
      message: 'Goes with an event.',
    }),
  output: z.strictObject({ ...scheduleRecord.shape, secret: secret().optional() }),
  async handler(ctx, schedule) {
    const added = await addSchedule(ctx, schedule);
    return { ...toSchedule(added), secret: added.kind === 'webhook' ? secretOf(ctx, added) : undefined };
  },
});

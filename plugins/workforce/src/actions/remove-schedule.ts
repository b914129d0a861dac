import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { setState } from '../schedules.ts';

export const removeSchedule = defineAction({
  name: 'workforce.remove-schedule',
  title: 'Remove a standing task',
  description: 'Ends a schedule for good. The tasks that it made stay.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.schedule.manage',
  input: z.strictObject({ scheduleId: z.uuid() }),
  output: z.strictObject({ scheduleId: z.uuid() }),
  async handler(ctx, { scheduleId }) {
    await setState(ctx, scheduleId, 'removed');
    return { scheduleId };
  },
});

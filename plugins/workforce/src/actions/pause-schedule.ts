import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { setState } from '../schedules.ts';

export const pauseSchedule = defineAction({
  name: 'workforce.pause-schedule',
  title: 'Pause a standing task',
  description: 'Makes no more tasks of a schedule until somebody resumes it.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.schedule.manage',
  input: z.strictObject({ scheduleId: z.uuid() }),
  output: z.strictObject({ scheduleId: z.uuid() }),
  async handler(ctx, { scheduleId }) {
    await setState(ctx, scheduleId, 'paused');
    return { scheduleId };
  },
});

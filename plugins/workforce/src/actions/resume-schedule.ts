import { defineAction } from '@troupe-os/core';
import { z } from 'zod';
import { setState } from '../schedules.ts';

export const resumeSchedule = defineAction({
  name: 'workforce.resume-schedule',
  title: 'Resume a standing task',
  description: 'Makes tasks of a schedule again. What came while it was paused is not made up for.',
  effect: 'write',
  consequential: true,
  risk: 'low',
  permission: 'workforce.schedule.manage',
  input: z.strictObject({ scheduleId: z.uuid() }),
  output: z.strictObject({ scheduleId: z.uuid() }),
  async handler(ctx, { scheduleId }) {
    await setState(ctx, scheduleId, 'active');
    return { scheduleId };
  },
});

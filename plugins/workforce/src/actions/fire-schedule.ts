import { defineAction, moment } from '@troupe-os/core';
import { z } from 'zod';
import { fireSlot } from '../schedules.ts';

export const fireSchedule = defineAction({
  name: 'workforce.fire-schedule',
  title: 'Make the task of a schedule',
  description: 'Makes the task that is due by the clock, once. The house does it by itself.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.run.keep',
  input: z.strictObject({ scheduleId: z.uuid(), dueAt: moment }),
  output: z.strictObject({ taskId: z.uuid().optional().describe('Absent: somebody else was quicker.') }),
  handler: async (ctx, due) => ({ taskId: await fireSlot(ctx, due) }),
});

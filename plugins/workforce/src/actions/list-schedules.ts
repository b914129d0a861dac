import { defineAction, holds, keyset, pageInput } from '@troupe-os/core';
import { and, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import { workforceErrors } from '../errors.ts';
import { scheduleRecord, toSchedule } from '../schedule-shapes.ts';
import { schedules } from '../schema.ts';
import { TASKS_ALL } from '../tasks.ts';

const latestFirst = keyset('workforce.list-schedules', { descending: [schedules.createdAt, schedules.id] });

export const listSchedules = defineAction({
  name: 'workforce.list-schedules',
  title: 'Standing tasks',
  description: "Lists the schedules that you answer for, the latest first; with the right to it, everybody's.",
  effect: 'read',
  risk: 'low',
  permission: 'workforce.schedule.manage',
  entries: { id: 'scheduleId', inputs: ['scheduleId'], names: ['title'] },
  input: z.strictObject({ whose: z.enum(['mine', 'everybody']).default('mine'), ...pageInput }),
  output: z.strictObject({ items: z.array(scheduleRecord), nextCursor: z.string().optional() }),
  async handler(ctx, { whose, limit, cursor }) {
    if (whose === 'everybody' && !holds(ctx.actor.rights, TASKS_ALL)) throw workforceErrors.others_hidden();
    const isTheirs = whose === 'mine' ? eq(schedules.personId, ctx.onBehalfOf?.id ?? ctx.actor.id) : undefined;
    const rows = await ctx.db
      .select()
      .from(schedules)
      .where(and(ne(schedules.state, 'removed'), isTheirs, latestFirst.after(cursor)))
      .orderBy(...latestFirst.order)
      .limit(limit + 1);
    const { items, ...next } = latestFirst.page(rows, limit, ({ createdAt, id }) => [createdAt, id]);
    return { items: items.map(toSchedule), ...next };
  },
});

// What a schedule looks like from outside.
import { moment } from '@troupe-os/core';
import { z } from 'zod';
import { SCHEDULE_KINDS, SCHEDULE_STATES } from './contract.ts';
import type { schedules } from './schema.ts';

export const cron = z.string().trim().min(9).max(200).describe('When, as minute hour day month weekday, e.g. "0 9 * * 1-5".');
export const timeZone = z.string().min(1).max(60).describe('Of the clock, e.g. "Europe/Berlin"; without one UTC.');
export const event = z.string().min(3).max(200).describe('When this has happened, e.g. "marketplace.order-placed".');
export const filter = z
  .record(z.string().min(1).max(100), z.union([z.string().max(200), z.number(), z.boolean()]))
  .refine((wanted) => Object.keys(wanted).length <= 5, 'Five at most.')
  .describe('Only events whose payload has these values, by path, e.g. {"total.unit": "EUR"}.');

export const scheduleRecord = z.strictObject({
  scheduleId: z.uuid(),
  title: z.string(),
  brief: z.string(),
  agentId: z.uuid(),
  personId: z.string().describe('Who answers for it: its tasks are done in their name.'),
  personName: z.string(),
  priority: z.int(),
  kind: z.enum(SCHEDULE_KINDS),
  cron: z.string().optional(),
  timeZone: z.string().optional(),
  event: z.string().optional(),
  filter: z.string().optional().describe('JSON.'),
  path: z.string().optional().describe('Where a webhook is called.'),
  state: z.enum(SCHEDULE_STATES),
  nextDueAt: moment.optional(),
  lastFiredAt: moment.optional(),
  createdAt: moment,
});

export function toSchedule({ id, mandate: _, secretNumber: __, updatedAt: ___, ...schedule }: typeof schedules.$inferSelect) {
  return {
    scheduleId: id,
    ...schedule,
    cron: schedule.cron ?? undefined,
    timeZone: schedule.timeZone ?? undefined,
    event: schedule.event ?? undefined,
    filter: schedule.filter === '{}' ? undefined : schedule.filter,
    path: schedule.kind === 'webhook' ? `/hooks/${id}` : undefined,
    nextDueAt: schedule.nextDueAt ?? undefined,
    lastFiredAt: schedule.lastFiredAt ?? undefined,
  };
}

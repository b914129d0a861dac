// What a task looks like from outside.
import { amount, moment } from '@troupe-os/core';
import { z } from 'zod';
import { ASSIGNEE_KINDS, TASK_STATES, TASK_WAITS } from './contract.ts';
import type { tasks } from './schema.ts';

export const taskTitle = z.string().trim().min(1).max(200).describe('What is to be done, in a few words.');
export const taskBrief = z
  .string()
  .trim()
  .min(1)
  .max(4000)
  .describe('All that whoever does it has to know: what is wanted, with names and ids, and when it counts as done.');
export const assigneeId = z.string().min(1).max(100).describe('The id of an agent or of a person.');
export const priority = z
  .int()
  .min(1)
  .max(5)
  .describe('1 comes first, 5 last, of the tasks of one person: whoever has less under way comes before others.');
export const dueAt = moment.describe('Until when it should be done; of two of one priority the earlier comes first.');

export const taskRecord = z.strictObject({
  taskId: z.uuid(),
  title: z.string(),
  brief: z.string(),
  state: z.enum(TASK_STATES),
  waitsFor: z
    .enum(TASK_WAITS)
    .optional()
    .describe('What it waits for: other tasks, what a person has to decide, or a new day of the budget for models.'),
  assigneeKind: z.enum(ASSIGNEE_KINDS),
  assigneeId: z.string(),
  createdBy: z.string(),
  createdByName: z.string(),
  personId: z.string().describe('In whose name it is done.'),
  priority: z.int(),
  dueAt: moment.optional(),
  nextTryAt: moment.describe('Its agent does not begin before.'),
  attempts: z.int().describe('That failed.'),
  mostAttempts: z.int(),
  output: z.string().optional().describe('What came of it.'),
  error: z.string().optional().describe('The code of what ended the last attempt.'),
  costMicroUsd: amount.describe('What its agent has spent on models, in millionths of a US dollar.'),
  tainted: z.boolean().describe('Text from outside is in it, so nothing of consequence is done in it without a yes.'),
  parentId: z.uuid().optional().describe('The task in which an agent gave it.'),
  conversationId: z.uuid().optional().describe('Where its agent works on it.'),
  scheduleId: z.uuid().optional().describe('The schedule that made it.'),
  payload: z.string().optional().describe('What set it off.'),
  createdAt: moment,
  startedAt: moment.optional(),
  finishedAt: moment.optional(),
});

export function toTask({
  id,
  number: _number,
  mandate: _mandate,
  depth: _depth,
  chain: _chain,
  awaited: _awaited,
  slot: _slot,
  runner: _runner,
  updatedAt: _updatedAt,
  interventions: _interventions,
  ...task
}: typeof tasks.$inferSelect) {
  return {
    taskId: id,
    ...task,
    waitsFor: task.waitsFor ?? undefined,
    dueAt: task.dueAt ?? undefined,
    output: task.output ?? undefined,
    error: task.error ?? undefined,
    parentId: task.parentId ?? undefined,
    conversationId: task.conversationId ?? undefined,
    scheduleId: task.scheduleId ?? undefined,
    payload: task.payload ?? undefined,
    startedAt: task.startedAt ?? undefined,
    finishedAt: task.finishedAt ?? undefined,
  };
}

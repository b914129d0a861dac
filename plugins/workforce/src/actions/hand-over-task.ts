import { defineAction } from '@troupe-os/core';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { agentOf } from '../agents.ts';
import { workforceErrors } from '../errors.ts';
import { tasks } from '../schema.ts';
import { taskBrief, taskTitle } from '../task-shapes.ts';
import { addTask, giverOf, workingIn } from '../tasks.ts';

export const handOverTask = defineAction({
  name: 'workforce.hand-over-task',
  title: 'Hand a task over',
  description:
    'Hands the task at which you work, or a part of it, to another agent, who does it with the rights that both of you have. End your answer then: you go on when you are told what came of it.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'workforce.task.use',
  personal: ['title', 'brief'],
  input: z.strictObject({
    taskId: z.uuid().describe('The task at which you work.'),
    agentId: z.uuid().describe('Who does it instead.'),
    title: taskTitle,
    brief: taskBrief,
  }),
  output: z.strictObject({ taskId: z.uuid().describe('Of what was handed over.') }),
  async handler(ctx, { taskId, agentId, ...what }) {
    if (workingIn(ctx) !== taskId) throw workforceErrors.not_the_assignee();
    const [own] = await ctx.db.select().from(tasks).where(eq(tasks.id, taskId)).for('update');
    if (own?.state !== 'running') throw workforceErrors.task_cancelled();
    await agentOf(ctx, agentId);
    const { priority, dueAt, mostAttempts } = own;
    const like = { priority, dueAt: dueAt ?? undefined, mostAttempts, dependsOn: [] };
    const child = await addTask(ctx, await giverOf(ctx, { awaited: true }), { ...what, ...like, assigneeId: agentId });
    return { taskId: child.id };
  },
});

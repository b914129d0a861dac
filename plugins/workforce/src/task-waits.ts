// What tasks wait for, and how they go on when it has come.
import type { Context } from '@troupe-os/core';
import { and, asc, eq, gt, inArray, lte, or, sql } from 'drizzle-orm';
import type { DECIDED_STATES } from './contract.ts';
import { workforceErrors } from './errors.ts';
import { taskApprovals, taskDependencies, tasks } from './schema.ts';
import { tell } from './task-words.ts';
import { fail, undecided, waitFor } from './task-work.ts';
import { changeTask, isOver, OPEN, type Task } from './tasks.ts';

/** Tasks for which what they waited for may have come. */
export const waitingTasks = (ctx: Context, limit: number) =>
  ctx.db
    .select({ taskId: tasks.id })
    .from(tasks)
    .where(
      or(
        and(eq(tasks.state, 'waiting'), eq(tasks.waitsFor, 'budget'), lte(tasks.nextTryAt, ctx.now)),
        and(eq(tasks.state, 'waiting'), eq(tasks.waitsFor, 'tasks'), hasComeOf()),
      ),
    )
    .orderBy(asc(tasks.number))
    .limit(limit);

/** Every task that it waits for is over, or one of those that it depends on will never be done. */
const hasComeOf = () => sql`(
  exists (select from workforce.task_dependencies d join workforce.tasks b on b.id = d.depends_on_id
    where d.task_id = ${tasks.id} and b.state in ('failed', 'cancelled'))
  or (not exists (select from workforce.task_dependencies d join workforce.tasks b on b.id = d.depends_on_id
    where d.task_id = ${tasks.id} and b.state <> 'done')
  and not exists (select from workforce.tasks c
    where c.parent_id = ${tasks.id} and c.awaited and c.state not in ('done', 'failed', 'cancelled'))))`;

/** Goes on with a task, or ends it, where what it waited for has come; else it stays as it is. */
export async function release(ctx: Context, taskId: string): Promise<Task | undefined> {
  const [task] = await ctx.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, taskId), eq(tasks.state, 'waiting')))
    .for('update');
  if (!task) return undefined;
  if (task.waitsFor === 'budget' && task.nextTryAt <= ctx.now) return changeTask(ctx, taskId, OPEN);
  if (task.waitsFor !== 'tasks') return undefined;
  const before = await ctx.db
    .select({ state: tasks.state })
    .from(taskDependencies)
    .innerJoin(tasks, eq(tasks.id, taskDependencies.dependsOnId))
    .where(eq(taskDependencies.taskId, taskId));
  if (before.some(({ state }) => state === 'failed' || state === 'cancelled')) {
    await fail(ctx, task, workforceErrors.dependency_failed.code);
    return { ...task, state: 'failed' };
  }
  if (before.some(({ state }) => state !== 'done')) return undefined;
  const children = await ctx.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.parentId, taskId), eq(tasks.awaited, true)))
    .orderBy(asc(tasks.number))
    .for('update');
  if (!children.every(isOver)) return undefined;
  for (const child of children) await tellOf(ctx, task, child);
  const tainted = task.tainted || children.some((child) => child.tainted);
  return changeTask(ctx, taskId, { ...OPEN, tainted });
}

const MOST_TOLD = 6000;

async function tellOf(ctx: Context, parent: Task, child: Task): Promise<void> {
  const came = child.output === null ? '' : `\n\n${child.output.slice(0, MOST_TOLD)}`;
  const how = child.state === 'failed' ? `failed with ${child.error}` : child.state === 'done' ? 'is done' : 'was cancelled';
  await tell(ctx, parent, `Task ${child.id} that you handed over (${child.title}) ${how}.${came}`, { taints: child.tainted });
  await changeTask(ctx, child.id, { awaited: false });
}

/** What agents at their tasks have asked for and nobody has decided, as far as is known here: by id, those after `after`. */
export const openAsks = (ctx: Context, limit: number, after?: string) =>
  ctx.db
    .select({
      approvalId: taskApprovals.approvalId,
      isDropped: sql<boolean>`bool_and(${tasks.state} = 'cancelled')`,
    })
    .from(taskApprovals)
    .innerJoin(tasks, eq(tasks.id, taskApprovals.taskId))
    .where(and(eq(taskApprovals.state, 'pending'), after === undefined ? undefined : gt(taskApprovals.approvalId, after)))
    .groupBy(taskApprovals.approvalId)
    .orderBy(asc(taskApprovals.approvalId))
    .limit(limit);

export type Decided = (typeof DECIDED_STATES)[number];

const CAME: Readonly<Record<Decided, string>> = {
  executed: 'was given, and what you asked for is done',
  rejected: 'was refused: what you asked for is not done, and is not to be asked for again',
  expired: 'was not given in time: what you asked for is not done',
  cancelled: 'was withdrawn: what you asked for is not done',
  failed: 'was given, but what you asked for could not be done any more',
  replaced: 'was replaced by another one, as what the call does had changed',
};

/** What became of an approval. `replacedBy`: the one that was asked for instead. */
export interface Decision {
  readonly state: Decided;
  readonly replacedBy?: string | undefined;
}

/** Tells the tasks that wait for it what was decided; those for which nothing is undecided go on. */
export async function tellDecision(ctx: Context, approvalId: string, { state, replacedBy }: Decision): Promise<void> {
  const decided = await ctx.db
    .update(taskApprovals)
    .set({ state })
    .where(and(eq(taskApprovals.approvalId, approvalId), eq(taskApprovals.state, 'pending')))
    .returning();
  const ids = decided.map(({ taskId }) => taskId);
  if (ids.length === 0) return;
  const waiting = await ctx.db.select().from(tasks).where(inArray(tasks.id, ids)).orderBy(asc(tasks.number)).for('update');
  // of one that was cancelled the new one is taken back too
  for (const task of waiting) {
    if (replacedBy !== undefined) await waitFor(ctx, task, [replacedBy]);
    if (isOver(task)) continue;
    await tell(ctx, task, `The approval ${approvalId} ${CAME[state]}${replacedBy === undefined ? '' : `: ${replacedBy}`}.`);
    if (task.waitsFor === 'approval' && (await undecided(ctx, task.id)).length === 0) await changeTask(ctx, task.id, OPEN);
  }
}

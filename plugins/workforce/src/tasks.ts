// Tasks as whoever gives them sees them: whose they are, and what becomes of them by people's word.
import { type Context, holds, personOf } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { and, eq, inArray, ne, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { agentOf } from './agents.ts';
import { workforceErrors } from './errors.ts';
import { agents, taskDependencies, tasks } from './schema.ts';

export const TASKS_ALL = 'workforce.task.manage-all';

export type Task = typeof tasks.$inferSelect;

export interface NewTask {
  readonly title: string;
  readonly brief: string;
  readonly assigneeId: string;
  readonly priority: number;
  readonly dueAt?: Date | undefined;
  readonly mostAttempts: number;
  readonly dependsOn: readonly string[];
}

/** So often a task is handed on by agents. */
export const MOST_DEPTH = 3;

/** In whose name and with whose rights a task is done, and who gave it. */
interface Giver {
  readonly personId: string;
  readonly mandate: string;
  readonly createdBy: string;
  readonly createdByName: string;
  readonly tainted: boolean;
  readonly parent?:
    | { readonly id: string; readonly depth: number; readonly chain: number; readonly awaited: boolean }
    | undefined;
}

const OVER = ['done', 'failed', 'cancelled'] as const;
export const isOver = ({ state }: Pick<Task, 'state'>): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

/** The task in which an agent works, as what proves who it is says it; undefined: it works in none. */
export const workingIn = ({ actor, credential }: Pick<Context, 'actor' | 'credential'>): string | undefined =>
  actor.kind === 'agent' && credential.startsWith('task:') ? credential.slice('task:'.length) : undefined;

/** Whoever calls. What an agent gives in its task is the task's child. Errors: workforce.person_needed, workforce.too_deep. */
export async function giverOf(ctx: Context, { awaited = false } = {}): Promise<Giver> {
  const { actor, onBehalfOf, credential } = ctx;
  const personId = actor.kind === 'agent' ? onBehalfOf?.id : actor.id;
  if (personId === undefined) throw workforceErrors.person_needed();
  const parentId = workingIn(ctx);
  const [parent] = parentId === undefined ? [] : await ctx.db.select().from(tasks).where(eq(tasks.id, parentId));
  if (parent && parent.depth >= MOST_DEPTH) throw workforceErrors.too_deep({ most: MOST_DEPTH });
  return {
    personId,
    mandate: ctx.mandate,
    createdBy: actor.id,
    createdByName: actor.name,
    // what an app writes as its person may be a model's
    tainted: ctx.tainted || credential.startsWith('app:') || (parent?.tainted ?? false),
    ...(parent ? { parent: { id: parent.id, depth: parent.depth, chain: parent.chain, awaited } } : {}),
  };
}

/** Errors: workforce.unknown_assignee, workforce.agent_paused, workforce.words_from_outside, workforce.unknown_task, of one that it should wait for. */
export async function addTask(ctx: Context, giver: Giver, { dependsOn, ...task }: NewTask): Promise<Task> {
  const assigneeKind = await kindOf(ctx, task.assigneeId);
  // words from outside go to no other person than the one who had them read
  if (assigneeKind === 'person' && ctx.tainted && task.assigneeId !== personOf(ctx)) throw workforceErrors.words_from_outside();
  const before = [...new Set(dependsOn)];
  const known =
    before.length === 0
      ? []
      : await ctx.db
          .select()
          .from(tasks)
          .where(and(inArray(tasks.id, before), theirs(ctx)));
  if (known.length < before.length) throw workforceErrors.unknown_task();
  const waits = known.some(({ state }) => state !== 'done');
  const row = {
    ...newRow(ctx, giver),
    ...task,
    dueAt: task.dueAt ?? null,
    assigneeKind,
    ...(waits ? ({ state: 'waiting', waitsFor: 'tasks' } as const) : {}),
  };
  const [added] = await ctx.db.insert(tasks).values(row).returning();
  if (!added) throw workforceErrors.unknown_task();
  if (before.length > 0)
    await ctx.db
      .insert(taskDependencies)
      .values(before.map((dependsOnId) => ({ taskId: added.id, dependsOnId, personId: giver.personId })));
  return added;
}

/** An open task with nothing in it. */
export function newRow(ctx: Context, { parent, ...given }: Giver) {
  return {
    id: crypto.randomUUID(),
    ...given,
    state: 'open' as const,
    nextTryAt: ctx.now,
    parentId: parent?.id ?? null,
    depth: parent ? parent.depth + 1 : 0,
    chain: parent?.chain ?? 0,
    awaited: parent?.awaited ?? false,
    createdAt: ctx.now,
    updatedAt: ctx.now,
  };
}

async function kindOf(ctx: Context, assigneeId: string): Promise<Task['assigneeKind']> {
  if (z.uuid().safeParse(assigneeId).success) {
    const [agent] = await ctx.db.select().from(agents).where(eq(agents.id, assigneeId));
    if (agent?.state === 'paused') throw workforceErrors.agent_paused();
    if (agent) return 'agent';
    if (await ctx.use(identityPort).findPerson({ personId: assigneeId })) return 'person';
  }
  if (assigneeId === personOf(ctx)) return 'person';
  throw workforceErrors.unknown_assignee();
}

/** The tasks that the caller may see: theirs, those that they gave, and with the right to it everybody's. */
export function theirs(ctx: Context): SQL | undefined {
  if (holds(ctx.actor.rights, TASKS_ALL)) return undefined;
  return involving(personOf(ctx));
}

/** What a person gave is done in their name. */
export const involving = (personId: string): SQL | undefined =>
  or(eq(tasks.personId, personId), and(eq(tasks.assigneeKind, 'person'), eq(tasks.assigneeId, personId)));

/** Errors: workforce.unknown_task, for those of others too. */
export async function readableTask(ctx: Context, taskId: string): Promise<Task> {
  const [task] = await ctx.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, taskId), theirs(ctx)));
  if (!task) throw workforceErrors.unknown_task();
  return task;
}

/** The same, locked. Errors: workforce.unknown_task, workforce.task_over. */
export async function changeableTask(ctx: Context, taskId: string): Promise<Task> {
  const [task] = await ctx.db
    .select()
    .from(tasks)
    .where(and(eq(tasks.id, taskId), theirs(ctx)))
    .for('update');
  if (!task) throw workforceErrors.unknown_task();
  if (task.state === 'done' || task.state === 'cancelled') throw workforceErrors.task_over({ state: task.state });
  return task;
}

export async function changeTask(ctx: Context, taskId: string, to: Partial<Task>): Promise<Task> {
  const [changed] = await ctx.db
    .update(tasks)
    .set({ ...to, updatedAt: ctx.now })
    .where(eq(tasks.id, taskId))
    .returning();
  if (!changed) throw workforceErrors.unknown_task();
  return changed;
}

export const OPEN = { state: 'open', waitsFor: null, runner: null, finishedAt: null } as const;

/**
 * Gives it to somebody else, who begins with nothing but the brief.
 * Errors: workforce.task_running, workforce.not_your_task, workforce.task_awaited, and those of `addTask`.
 */
export async function reassign(ctx: Context, task: Task, to: string): Promise<Partial<Task>> {
  if (task.assigneeId === to) return {};
  if (task.state === 'running') throw workforceErrors.task_running();
  const assigneeKind = await kindOf(ctx, to);
  // an agent does it with that person's rights, so nobody else starts one
  if (assigneeKind === 'agent' && ctx.actor.id !== task.personId) throw workforceErrors.not_your_task();
  if (assigneeKind === 'person' && task.awaited) throw workforceErrors.task_awaited();
  const again = task.state === 'waiting' && task.waitsFor !== 'tasks' ? OPEN : {};
  const begun = task.startedAt === null ? {} : { interventions: task.interventions + 1 };
  return { assigneeId: to, assigneeKind, conversationId: null, attempts: 0, nextTryAt: ctx.now, ...again, ...begun };
}

/** With all that it was handed over to. Its agent is told at its next step. */
export async function cancel(ctx: Context, task: Task): Promise<void> {
  if (isOver(task)) throw workforceErrors.task_over({ state: task.state });
  const cancelled = { state: 'cancelled', waitsFor: null, runner: null, finishedAt: ctx.now, updatedAt: ctx.now } as const;
  await ctx.db.update(tasks).set(cancelled).where(eq(tasks.id, task.id));
  let parents = [task.id];
  while (parents.length > 0) {
    const isTheirs = and(inArray(tasks.parentId, parents), eq(tasks.awaited, true), notInArray(tasks.state, [...OVER]));
    parents = (await ctx.db.update(tasks).set(cancelled).where(isTheirs).returning({ id: tasks.id })).map(({ id }) => id);
  }
}

/** From its first attempt on, at once. Errors: workforce.task_not_failed. */
export async function tryAgain(ctx: Context, task: Task): Promise<Task> {
  const waitsForTime = (task.state === 'open' && task.attempts > 0) || task.waitsFor === 'budget';
  if (task.state !== 'failed' && !waitsForTime) throw workforceErrors.task_not_failed();
  if (task.assigneeKind === 'agent') await agentOf(ctx, task.assigneeId);
  const [before] = await ctx.db
    .select({ id: tasks.id })
    .from(taskDependencies)
    .innerJoin(tasks, eq(tasks.id, taskDependencies.dependsOnId))
    .where(and(eq(taskDependencies.taskId, task.id), ne(tasks.state, 'done')))
    .limit(1);
  const state = before ? ({ ...OPEN, state: 'waiting', waitsFor: 'tasks' } as const) : OPEN;
  const interventions = task.interventions + 1;
  return changeTask(ctx, task.id, { ...state, attempts: 0, error: null, output: null, nextTryAt: ctx.now, interventions });
}

export const costOfRuns = (taskId: string) =>
  sql<bigint>`(select coalesce(sum(cost_micro_usd), 0) from workforce.runs where task_id = ${taskId})`;

/**
 * What came of it. An agent says it of the task at which it works, and its run ends it; a person of what is theirs to do.
 * Errors: workforce.unknown_task, workforce.task_over, workforce.not_the_assignee.
 */
export async function finish(
  ctx: Context,
  { taskId, outcome, output }: { taskId: string; outcome: 'done' | 'failed'; output: string },
): Promise<Task> {
  const task = await changeableTask(ctx, taskId);
  const said = { output, error: outcome === 'failed' ? workforceErrors.given_up.code : null };
  if (workingIn(ctx) === taskId) {
    if (task.state !== 'running') throw workforceErrors.task_cancelled();
    return changeTask(ctx, taskId, { ...said, tainted: task.tainted || ctx.tainted });
  }
  const isTheirs = task.assigneeKind === 'person' && task.assigneeId === personOf(ctx);
  if (!isTheirs) throw workforceErrors.not_the_assignee();
  if (isOver(task)) throw workforceErrors.task_over({ state: task.state });
  // to the agents of the person in whose name it is done, words of others and of apps are words from outside
  const isOwnWord = personOf(ctx) === task.personId && !ctx.credential.startsWith('app:');
  const tainted = task.tainted || ctx.tainted || !isOwnWord;
  return changeTask(ctx, taskId, { ...said, tainted, state: outcome, waitsFor: null, finishedAt: ctx.now });
}

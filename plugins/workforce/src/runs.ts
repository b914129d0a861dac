// Runs: the answer of an agent as steps, each of them a question to a model and the tools that it asked for. A run belongs to one process at a time.
import type { Context } from '@troupe-os/core';
import { and, asc, desc, eq, lt, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { agentOf } from './agents.ts';
import { costOf, dayOf, mostCost, pricesOf, reserve, settle } from './budgets.ts';
import { append } from './conversations.ts';
import { workforceErrors } from './errors.ts';
import type { answerGiven, runBegun, toolResult } from './run-shapes.ts';
import { conversations, messages, modelPrices, runs, steps } from './schema.ts';
import { assertGoesOn, beginAttempt, lockTask, settleTask } from './task-work.ts';

type Run = typeof runs.$inferSelect;
type Step = typeof steps.$inferSelect;

/** The answer to what was said last, with its first step paid for beforehand. Errors: see workforce.start-run. */
export async function beginRun(ctx: Context, { requestBytes, kind, ...run }: z.output<typeof runBegun>) {
  // a task is locked before its conversation, everywhere
  if (run.taskId !== undefined) await beginAttempt(ctx, { ...run, taskId: run.taskId });
  // what does not wait for each other is sent at once
  const [[conversation], agent, prices] = await Promise.all([
    ctx.db.select().from(conversations).where(eq(conversations.id, run.conversationId)).for('update'),
    agentOf(ctx, run.agentId),
    pricesOf(ctx.db, run.models),
  ]);
  if (conversation?.ownerId !== run.personId || conversation.agentId !== run.agentId)
    throw workforceErrors.unknown_conversation();
  if (agent.state === 'paused') throw workforceErrors.agent_paused();
  const { messageId, sequence } = await append(ctx, conversation, {
    author: 'agent',
    authorId: agent.id,
    authorName: agent.name,
    text: '',
    status: 'streaming',
    taints: false,
  });
  const { runId, ...about } = run;
  const begun = {
    id: runId,
    ...about,
    taskId: about.taskId ?? null,
    messageId,
    state: 'running' as const,
    takeovers: 0,
    lastStep: 1,
    costMicroUsd: 0n,
    createdAt: ctx.now,
  };
  const kept = ctx.db.insert(runs).values(begun).execute(); // sent now: its step refers to it
  await Promise.all([kept, ask(ctx, begun, { number: 1, kind, reserved: mostCost(prices, requestBytes) })]);
  return {
    messageId,
    sequence,
    tainted: conversation.tainted,
    models: prices.map(({ model, contextTokens, mostOutputTokens }) => ({ model, contextTokens, mostOutputTokens })),
  };
}

/** What the model answered, kept and paid for before any tool is used. Errors: workforce.run_elsewhere, workforce.wrong_step. */
export async function keepAnswer(
  ctx: Context,
  { runId, runner, number, ...answer }: z.output<typeof answerGiven>,
): Promise<void> {
  const run = await working(ctx, runId, runner);
  await payFor(ctx, run, await stepOf(ctx, run, number, 'asked'), { ...answer, state: 'answered' });
}

/** What the tools of a step answered, as messages of the conversation and as what the model is told. Errors: as `keepAnswer`. */
async function keepResults(ctx: Context, run: Run, step: Step, results: readonly z.output<typeof toolResult>[]): Promise<void> {
  const [agent, [found]] = await Promise.all([
    agentOf(ctx, run.agentId),
    ctx.db.select().from(conversations).where(eq(conversations.id, run.conversationId)).for('update'),
  ]);
  if (!found) throw workforceErrors.unknown_conversation();
  let conversation = found;
  const author = { author: 'tool' as const, authorId: agent.id, authorName: agent.name };
  for (const { toolCallId: _, told: __, taints, text, action, ...use } of results) {
    if (action === undefined) continue;
    const added = await append(ctx, conversation, { ...author, text, status: 'done', tool: { action, ...use }, taints });
    conversation = { ...conversation, lastSequence: added.sequence, tainted: added.tainted };
  }
  const told = results.map(({ toolCallId, told }) => ({ toolCallId, told }));
  await ctx.db
    .update(steps)
    .set({ state: 'done', results: JSON.stringify(told), finishedAt: ctx.now })
    .where(eq(steps.id, step.id));
}

/** Ends a step whose tools were used, and pays for the next one beforehand. Errors: those of `keepAnswer`, workforce.budget_reached. */
export async function beginStep(
  ctx: Context,
  {
    runId,
    runner,
    number,
    results,
    summary,
    requestBytes,
  }: {
    runId: string;
    runner: string;
    number: number;
    results: readonly z.output<typeof toolResult>[];
    summary?: { readonly text: string; readonly upTo: number } | undefined;
    requestBytes: number;
  },
): Promise<void> {
  const run = await working(ctx, runId, runner);
  const [last] = await lastStep(ctx, run);
  if (last?.number !== number - 1 || last.state === 'asked') throw workforceErrors.wrong_step({ step: run.lastStep });
  if ((await agentOf(ctx, run.agentId)).state === 'paused') throw workforceErrors.agent_paused();
  if (run.taskId !== null) await assertGoesOn(ctx, run.taskId);
  if (last.state === 'answered') await keepResults(ctx, run, last, results);
  if (summary && last.kind === 'summary') await keepSummary(ctx, run, summary);
  const prices = await pricesOf(ctx.db, run.models);
  await ctx.db.update(runs).set({ lastStep: number }).where(eq(runs.id, runId));
  await ask(ctx, run, { number, kind: 'answer', reserved: mostCost(prices, requestBytes) });
}

/** Only forwards: a summary of less than what is summed up already is none. */
async function keepSummary(
  ctx: Context,
  run: Run,
  { text, upTo }: { readonly text: string; readonly upTo: number },
): Promise<void> {
  await ctx.db
    .update(conversations)
    .set({ summary: text, summarySequence: upTo })
    .where(and(eq(conversations.id, run.conversationId), lt(conversations.summarySequence, upTo)));
}

/** Ends a run and its message, and settles the task that it was begun for. What is not paid for yet is paid. Errors: workforce.run_elsewhere. */
export async function endRun(
  ctx: Context,
  {
    runId,
    runner,
    status,
    error,
    isPassing,
    text,
    answer,
    results,
  }: {
    runId: string;
    runner: string;
    status: 'done' | 'stopped' | 'failed';
    error?: string | undefined;
    isPassing: boolean;
    text: string;
    answer?: Omit<z.output<typeof answerGiven>, 'runId' | 'runner'> | undefined;
    results: readonly z.output<typeof toolResult>[];
  },
): Promise<void> {
  const run = await working(ctx, runId, runner);
  if (run.taskId !== null) await lockTask(ctx, run.taskId);
  const [last] = await lastStep(ctx, run);
  const ending = { state: status, error: error ?? null, finishedAt: ctx.now };
  if (last?.state === 'answered') await keepResults(ctx, run, last, results);
  const said = ctx.db.update(messages).set({ text, status, finishedAt: ctx.now }).where(eq(messages.id, run.messageId));
  const paid = { ...NOTHING, ...answer, state: status === 'failed' ? ('failed' as const) : ('done' as const) };
  const ended =
    last?.state === 'asked' ? payFor(ctx, run, last, paid, ending) : ctx.db.update(runs).set(ending).where(eq(runs.id, runId));
  await Promise.all([said, ended]);
  if (run.taskId !== null) await settleTask(ctx, { taskId: run.taskId, runId }, { status, error, isPassing, text });
}

/** Another process goes on with a run: the first that asks. A question to a model that nobody hears the answer of is paid as if it were the longest. */
export async function claim(ctx: Context, { runId, runner, from }: { runId: string; runner: string; from: string }) {
  const [run] = await ctx.db
    .update(runs)
    .set({ runner, takeovers: sql`${runs.takeovers} + 1` })
    .where(and(eq(runs.id, runId), eq(runs.runner, from), eq(runs.state, 'running')))
    .returning();
  if (!run) throw workforceErrors.run_elsewhere();
  const [last] = await lastStep(ctx, run);
  if (last?.state === 'asked') await payFor(ctx, run, last, { ...NOTHING, state: 'failed' });
  const all = await ctx.db.select().from(steps).where(eq(steps.runId, runId)).orderBy(asc(steps.number));
  const [[message], [conversation], [person]] = await Promise.all([
    ctx.db.select().from(messages).where(eq(messages.id, run.messageId)),
    ctx.db.select().from(conversations).where(eq(conversations.id, run.conversationId)),
    ctx.db
      .select({ name: messages.authorName })
      .from(messages)
      .where(and(eq(messages.conversationId, run.conversationId), eq(messages.authorId, run.personId)))
      .orderBy(desc(messages.sequence))
      .limit(1),
  ]);
  const limits = await ctx.db.select().from(modelPrices);
  return {
    runId,
    ...(run.taskId === null ? {} : { taskId: run.taskId }),
    conversationId: run.conversationId,
    messageId: run.messageId,
    sequence: message?.sequence ?? 1,
    agentId: run.agentId,
    personId: run.personId,
    personName: person?.name ?? '',
    caller: run.caller,
    surface: conversation?.surface ?? '',
    ...(conversation?.place ? { place: conversation.place } : {}),
    tainted: conversation?.tainted ?? true,
    trace: run.trace,
    requestId: run.requestId,
    memories: run.memories,
    createdAt: run.createdAt,
    lastStep: run.lastStep,
    takeovers: run.takeovers,
    models: run.models
      .flatMap((model) => limits.filter((one) => one.model === model))
      .map(({ model, contextTokens, mostOutputTokens }) => ({ model, contextTokens, mostOutputTokens })),
    steps: all
      .filter(({ state }) => state === 'answered' || state === 'done')
      .map(({ number, kind, state, text, calls, results }) => ({ number, kind, isDone: state === 'done', text, calls, results })),
  };
}

const NOTHING = { text: '', calls: '[]' };

/** The budgets come last: many runs of one agent wait for each other there. */
async function ask(
  ctx: Context,
  run: Pick<Run, 'id' | 'agentId' | 'personId'>,
  { number, kind, reserved }: { number: number; kind: Step['kind']; reserved: bigint },
): Promise<void> {
  const kept = ctx.db.insert(steps).values({
    id: crypto.randomUUID(),
    runId: run.id,
    number,
    personId: run.personId,
    kind,
    state: 'asked',
    day: dayOf(ctx.now),
    reservedMicroUsd: reserved,
    text: '',
    calls: '[]',
    results: '[]',
    askedAt: ctx.now,
  });
  await Promise.all([kept, reserve(ctx, run, reserved)]);
}

/** Pays for a step. What else is to be said of its run stands in `ending`. */
async function payFor(
  ctx: Context,
  run: Run,
  step: Step,
  answer: Partial<z.output<typeof answerGiven>> & { state: 'answered' | 'done' | 'failed' },
  ending: Partial<Run> = {},
): Promise<void> {
  const { model, tokens, text, calls, state } = answer;
  const [price] = model && tokens ? await ctx.db.select().from(modelPrices).where(eq(modelPrices.model, model)) : [];
  const said =
    tokens && tokens.input + tokens.output === 0 ? 0n : price && tokens ? costOf(price, tokens) : step.reservedMicroUsd;
  // no server's word makes a day cost more than its budget
  const cost = said < step.reservedMicroUsd ? said : step.reservedMicroUsd;
  const paid = ctx.db
    .update(steps)
    .set({
      state,
      model: model ?? null,
      inputTokens: tokens?.input ?? null,
      outputTokens: tokens?.output ?? null,
      tokensSaid: tokens?.said ?? null,
      costMicroUsd: cost,
      text: text ?? '',
      calls: calls ?? '[]',
      answeredAt: ctx.now,
      finishedAt: state === 'answered' ? null : ctx.now,
    })
    .where(eq(steps.id, step.id));
  const counted = ctx.db
    .update(runs)
    .set({ costMicroUsd: run.costMicroUsd + cost, ...ending })
    .where(eq(runs.id, run.id));
  await Promise.all([paid, counted, settle(ctx, run, { day: step.day, reserved: step.reservedMicroUsd, cost })]);
}

async function working(ctx: Context, runId: string, runner: string): Promise<Run> {
  const [run] = await ctx.db.select().from(runs).where(eq(runs.id, runId)).for('update');
  if (!run) throw workforceErrors.unknown_run();
  if (run.runner !== runner || run.state !== 'running') throw workforceErrors.run_elsewhere();
  return run;
}

const lastStep = (ctx: Context, run: Run) =>
  ctx.db
    .select()
    .from(steps)
    .where(and(eq(steps.runId, run.id), eq(steps.number, run.lastStep)));

async function stepOf(ctx: Context, run: Run, number: number, state: Step['state']): Promise<Step> {
  const [step] = await lastStep(ctx, run);
  if (step?.number !== number || step.state !== state) throw workforceErrors.wrong_step({ step: run.lastStep });
  return step;
}

/** Runs that are not over, the oldest first. */
export const openRuns = (ctx: Context, limit: number) =>
  ctx.db
    .select({ runId: runs.id, runner: runs.runner })
    .from(runs)
    .where(eq(runs.state, 'running'))
    .orderBy(asc(runs.createdAt), asc(runs.id))
    .limit(limit);

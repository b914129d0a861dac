// The process in which agents do their tasks. It takes up what is due, answers in the task's conversation as in any other, and looks after
// what waits. How a task ends stands in the record of its run, so that it ends the same when another process goes on with it.
import { TroupeError } from '@troupe-os/core';
import { delegatedTo, describeForLog, formatTraceParent, type Kernel, newSpanId, newTraceId } from '@troupe-os/core/surface';
import { agentErrors, isPassing } from './errors.ts';
import { modelNames } from './model.ts';
import { RunLeft, type RunQuestion } from './run.ts';
import type { Runner, Telling } from './runner.ts';
import { recall } from './said.ts';
import { type ClaimedTask, type DueTasks, MOST_LISTED, taskBooks } from './task-books.ts';

export interface TaskWorker {
  /** Looks now and again. */
  start(): void;
  /** Looks once: what is due is begun, as far as there is room. */
  look(): Promise<void>;
  /** When all that was begun has ended. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface TaskWorkerParts {
  readonly kernel: Kernel;
  readonly runner: Runner;
  /** Where models' keys and addresses are read. */
  readonly env: NodeJS.ProcessEnv;
  /** The installation's, `provider/model`; undefined: none, and agents without one of their own do nothing. */
  readonly model: string | undefined;
  /** Is told of each answer that begins. Default: nobody listens. */
  begun?(task: { readonly conversationId: string; readonly requestId: string }): Telling;
}

const EVERY_MS = 5_000;
const MOST_AT_ONCE = 4;
/** An answer that takes longer is stopped. */
const LONGEST_RUN_MS = 1_800_000;
/** Messages that are looked at before an agent goes on. */
const SAID_BEFORE = 100;
const UNDECIDED: ReadonlySet<string> = new Set(['pending', 'approved']);

const NOBODY: Telling = { onEvent() {}, signal: new AbortController().signal, done() {} };

export function createTaskWorker({ kernel, runner, env, model, begun = () => NOBODY }: TaskWorkerParts): TaskWorker {
  const books = taskBooks(kernel);
  const working = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let isStopped = false;
  let lastAsk: string | undefined;

  /** One round at a time: whoever asks meanwhile waits for it. */
  function look(): Promise<void> {
    round ??= lookRound().finally(() => {
      round = undefined;
    });
    return round;
  }

  async function lookRound(): Promise<void> {
    if (isStopped) return;
    const { schedules, isAnyDue, waiting, asks, withoutRun } = await books.due(lastAsk);
    lastAsk = asks[MOST_LISTED - 1]?.approvalId; // of very many, those that follow have their turn in the next round
    let mayBeMore = isAnyDue; // to ask for a task is a row in the record, so it is not done for nothing
    for (const due of schedules) mayBeMore = (await alone(() => books.fire(due)))?.taskId !== undefined || mayBeMore;
    mayBeMore = (await alone(() => hearDecisions(asks))) || mayBeMore;
    for (const one of withoutRun) await alone(() => giveBack(one));
    for (const { taskId } of waiting) mayBeMore = (await alone(() => books.release(taskId)))?.released || mayBeMore;
    while (mayBeMore && working.size < MOST_AT_ONCE && !isStopped) mayBeMore = await takeUp();
  }

  /** What cannot be looked after stands in nobody's way. */
  async function alone<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      kernel.log.error('something that tasks wait for could not be done', { error: describeForLog(error) });
      return undefined;
    }
  }

  /** Answers whether anything was told. */
  async function hearDecisions(asks: DueTasks['asks']): Promise<boolean> {
    if (asks.length === 0 || !kernel.plugins.has('governance')) return false;
    for (const { approvalId, isDropped } of asks) if (isDropped) await alone(() => books.withdraw(approvalId));
    const asked = new Set(asks.map(({ approvalId }) => approvalId));
    const decided = (await books.decisions([...asked])).filter(
      ({ approvalId, state }) => asked.has(approvalId) && !UNDECIDED.has(state),
    );
    for (const one of decided) await alone(() => books.tellDecision(one));
    return decided.length > 0;
  }

  /** Of a process that has ended before it began to answer: another attempt is made. */
  async function giveBack({ taskId, runner: by }: { taskId: string; runner: string }): Promise<void> {
    if (by === runner.id ? working.has(taskId) : await runner.isPresent(by)) return;
    await books
      .keepAttempt({ taskId, runner: by, error: agentErrors.cut_off.code, isPassing: true })
      .catch((error: unknown) => assertElsewhere(error));
  }

  async function takeUp(): Promise<boolean> {
    const requestId = crypto.randomUUID();
    const task = await books.claim(runner.id, requestId);
    if (!task) return false;
    const work = attempt(task, requestId)
      .catch((error: unknown) =>
        kernel.log.error('a task could not be worked on', { taskId: task.taskId, error: describeForLog(error) }),
      )
      .finally(() => {
        working.delete(task.taskId);
        if (timer) void lookAgain();
      });
    working.set(task.taskId, work);
    return true;
  }

  async function attempt(task: ClaimedTask, requestId: string): Promise<void> {
    const { taskId, conversationId } = task;
    const telling = begun({ conversationId, requestId });
    let result: Parameters<Telling['done']>[0];
    try {
      result = await runner.answer(await questionOf(task, requestId, telling));
    } catch (error) {
      if (error instanceof RunLeft) return; // its run goes on elsewhere, and ends the task there
      if (!(error instanceof TroupeError)) kernel.log.error('a task was not begun', { taskId, error: describeForLog(error) });
      const told =
        error instanceof TroupeError
          ? { error: error.code, isPassing: isPassing(error) }
          : { error: 'core.internal', isPassing: true };
      const { resetsAt } = ((error as TroupeError).details ?? {}) as { resetsAt?: string };
      await books
        .keepAttempt({ taskId, runner: runner.id, ...told, ...(resetsAt ? { resetsAt } : {}) })
        .catch((failure: unknown) => assertElsewhere(failure));
    } finally {
      telling.done(result);
    }
  }

  /** Errors: what agent and person are refused, agents.no_model. */
  async function questionOf(task: ClaimedTask, requestId: string, { onEvent, signal }: Telling): Promise<RunQuestion> {
    const { taskId, conversationId, agentId, mandate, personName, lastSequence } = task;
    const trace = formatTraceParent({ traceId: newTraceId(), spanId: newSpanId(), sampled: true });
    const nameless = delegatedTo({ id: agentId, kind: 'agent', name: '', credential: `task:${taskId}` }, mandate);
    if (!nameless?.onBehalfOf) throw agentErrors.for_people();
    const tainted = nameless.tainted || task.tainted;
    const caller = { ...nameless, onBehalfOf: { ...nameless.onBehalfOf, name: personName }, tainted };
    await kernel.assertCredentials(caller);
    const read = async <T>(action: string, input: object): Promise<T> =>
      (await kernel.execute({ action, input, caller, surface: 'chat', requestId, trace })).output as T;
    const agent = await read<RunQuestion['agent'] & { model?: string }>('workforce.get-agent', { agentId });
    const models = modelNames(agent.model ?? model ?? '');
    if (models.length === 0) throw agentErrors.no_model();
    const page = { conversationId, before: lastSequence + 1, withTools: false, limit: SAID_BEFORE };
    const recalled = recall(await read<Parameters<typeof recall>[0]>('workforce.get-conversation', page));
    return {
      kernel,
      conversationId,
      taskId,
      ...recalled,
      caller: { ...caller, principal: { ...caller.principal, name: agent.name } },
      agent,
      models,
      env,
      requestId,
      trace,
      onEvent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_RUN_MS)]),
    };
  }

  const lookAgain = () =>
    look().catch((error: unknown) => kernel.log.error('tasks were not looked for', { error: describeForLog(error) }));

  return {
    start() {
      void lookAgain();
      timer = setInterval(() => void lookAgain(), EVERY_MS);
    },
    look,
    async settled() {
      await Promise.all(working.values());
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      timer = undefined;
      await round?.catch(() => {}); // it was logged
    },
  };
}

/** Somebody was quicker, or it was cancelled. */
function assertElsewhere(error: unknown): void {
  if (!(error instanceof TroupeError && error.code === 'workforce.task_elsewhere')) throw error;
}

// The process that works on runs. It says that it is there; what another has left, because it ended or was killed, it goes on with.
import { TroupeError } from '@troupe-os/core';
import { type Caller, describeForLog, type Kernel } from '@troupe-os/core/surface';
import { isPassing } from './errors.ts';
import { openRuns, recordOf } from './record.ts';
import { RunLeft, type RunQuestion, type RunResult, work } from './run.ts';
import { callerOf } from './run-caller.ts';
import { recall } from './said.ts';

export interface Runner {
  /** Under which others know the process. */
  readonly id: string;
  /** Whether a process is there that works on runs. */
  isPresent(runner: string): Promise<boolean>;
  /** Says that it is there, and looks for runs that were left, now and again. Call it before anything is answered. */
  start(): Promise<void>;
  /** Answers what was said last. Throws before the run has begun, as `work` says, and RunLeft where the process ends. */
  answer(question: RunQuestion): Promise<RunResult>;
  /** Leaves what is being written to other processes, or to the next start. */
  stop(): Promise<void>;
}

const PRESENCE = 'agents.runner';
const PRESENT_SECONDS = 15;
const BEAT_MS = 5_000;
/** Nobody waits any more for an answer of so long ago. */
const TOO_OLD_MS = 3_600_000;
/** Whatever ends one process after the other is not tried on the next. */
const MOST_TAKEOVERS = 3;
/** Messages before the one that is answered. */
const SAID_BEFORE = 100;

/** How a run that was taken over is told, to whoever listens. */
export interface Telling extends Pick<RunQuestion, 'onEvent' | 'signal'> {
  /** Undefined: it was left again, or failed in a way that is nobody's to hear. */
  done(result: RunResult | undefined): void;
}

/** A run that another process has left. */
export interface TakenOver {
  readonly conversationId: string;
  readonly messageId: string;
  readonly requestId: string;
  readonly personId: string;
  /** Where it was asked. */
  readonly surface: string;
  /** Where in a chat. */
  readonly place?: string;
}

export interface RunnerParts {
  readonly kernel: Kernel;
  /** Where models' keys and addresses are read. */
  readonly env: NodeJS.ProcessEnv;
  /** Is told of each run that is taken over. Default: nobody listens. */
  takenOver?(run: TakenOver): Telling;
}

const NOBODY: Telling = { onEvent() {}, signal: new AbortController().signal, done() {} };

export function createRunner({ kernel, env, takenOver = () => NOBODY }: RunnerParts): Runner {
  const id = crypto.randomUUID();
  const leave = new AbortController();
  const working = new Map<string, Promise<unknown>>();
  let beat: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  let presentAt = performance.now();

  /** Answers whether it was there all the time: after a while without a database all others seem to have gone, and are asked again later. */
  async function present(): Promise<boolean> {
    await kernel.artefacts.put({ kind: PRESENCE, id, payload: '', lastsSeconds: PRESENT_SECONDS });
    const before = presentAt;
    presentAt = performance.now();
    return presentAt - before < 2 * BEAT_MS;
  }
  const isPresent = async (runner: string) => (await kernel.artefacts.find(PRESENCE, runner)) !== undefined;

  function track<T>(runId: string, work: Promise<T>): Promise<T> {
    working.set(runId, work);
    const done = () => void working.delete(runId);
    work.then(done, done);
    return work;
  }

  /** Takes over what nobody works on any more. */
  async function lookRound(): Promise<void> {
    const requestId = crypto.randomUUID();
    const there = new Map<string, boolean>();
    for (const { runId, runner } of await openRuns(kernel, requestId)) {
      if (working.has(runId) || leave.signal.aborted) continue;
      // one of its own that it does not work on could not be ended when it failed
      if (!there.has(runner)) there.set(runner, runner !== id && (await isPresent(runner)));
      if (there.get(runner)) continue;
      void track(runId, goOn(runId, runner)).catch((error: unknown) => {
        if (error instanceof RunLeft) return;
        kernel.log.error('a run could not be taken over', { runId, error: describeForLog(error) });
      });
    }
  }

  async function goOn(runId: string, from: string): Promise<void> {
    const about = { runId, runner: id, trace: '', requestId: crypto.randomUUID() };
    const claimed = await recordOf(kernel, about)
      .claim(from)
      .catch((error: unknown) => {
        if (error instanceof TroupeError && error.code === 'workforce.run_elsewhere') throw new RunLeft(); // somebody was quicker
        throw error;
      });
    const { trace, requestId, conversationId } = claimed;
    const telling = takenOver(claimed);
    let result: RunResult | undefined;
    const record = recordOf(kernel, { ...about, trace, requestId });
    try {
      if (claimed.takeovers > MOST_TAKEOVERS || Date.now() - Date.parse(claimed.createdAt) > TOO_OLD_MS) throw new TooOld();
      const caller = callerOf(claimed, '');
      const read = async <T>(action: string, input: object): Promise<T> =>
        (await kernel.execute({ action, input, caller, surface: 'chat', requestId, trace })).output as T;
      const agent = await read<RunQuestion['agent']>('workforce.get-agent', { agentId: claimed.agentId });
      const recalled = await read<Parameters<typeof recall>[0]>('workforce.get-conversation', {
        conversationId,
        before: claimed.sequence,
        withTools: false,
        limit: SAID_BEFORE,
      });
      const models = claimed.models.map(({ model }) => model);
      const named: Caller = { ...caller, principal: { ...caller.principal, name: agent.name } };
      const question = {
        kernel,
        conversationId,
        ...(claimed.taskId ? { taskId: claimed.taskId } : {}),
        ...recall(recalled),
        caller: named,
        agent,
        models,
        env,
        requestId,
        trace,
      };
      const { onEvent, signal } = telling;
      result = await work({ ...question, onEvent, signal }, { runId, record, claimed, leave: leave.signal });
    } catch (error) {
      if (error instanceof RunLeft) throw error;
      const code = error instanceof TroupeError ? error.code : 'agents.cut_off';
      const text = claimed.steps.flatMap((step) => (step.kind === 'answer' ? [step.text] : [])).join('\n\n');
      const passing = error instanceof TroupeError ? isPassing(error) : true;
      await record
        .finish({ status: 'failed', error: code, isPassing: passing, text }, claimed.tainted)
        .catch((failure: unknown) => {
          // it was ended where it failed
          if (!(failure instanceof TroupeError && failure.code === 'workforce.run_elsewhere')) throw failure;
        });
      if (!(error instanceof TroupeError || error instanceof TooOld)) throw error;
    } finally {
      telling.done(result);
    }
  }

  return {
    id,
    isPresent,
    async start() {
      await present();
      let isLooking = false;
      const look = () => {
        if (isLooking) return;
        isLooking = true;
        round = present()
          .then((wasThere) => (wasThere ? lookRound() : undefined))
          .catch((error: unknown) => kernel.log.error('runs were not looked for', { error: describeForLog(error) }))
          .finally(() => {
            isLooking = false;
          });
      };
      look();
      beat = setInterval(look, BEAT_MS);
    },
    answer(question) {
      const runId = crypto.randomUUID();
      const record = recordOf(kernel, { ...question, runId, runner: id });
      return track(runId, work(question, { runId, record, leave: leave.signal }));
    },
    async stop() {
      clearInterval(beat);
      leave.abort(new RunLeft());
      await round;
      await kernel.artefacts.delete(PRESENCE, id).catch(() => {}); // it ends by itself in a moment
      await Promise.allSettled(working.values());
    },
  };
}

class TooOld extends Error {}

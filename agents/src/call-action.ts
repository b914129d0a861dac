// One call of an action by an agent. It is kernel.execute and nothing else.
import { coreErrors, TroupeError } from '@troupe-os/core';
import { type Answer, type RegisteredAction, readArguments, redact, splitArguments } from '@troupe-os/core/surface';
import { agentErrors } from './errors.ts';
import type { Run, ToolCall, ToolOutcome } from './run-parts.ts';
import { takesOrShowsSecrets } from './secrets.ts';

/** The longest answer that a model is given, in characters of JSON. */
const MOST_ANSWER = 20_000;

/** Where in its run a tool stands: the step, and the id that the model gave it there. */
export interface ToolPlace {
  readonly step: number;
  readonly toolCallId: string;
}

/**
 * Calls an action in a run and tells it. Answers what the model is told; an error is told too. The same call in one run is done once, and in
 * all runs of one task: its key is made of that, the action and the input, and of its place too where the model says `again`.
 */
export async function callAction(
  run: Run,
  place: ToolPlace,
  call: Pick<ToolCall, 'tool' | 'action'> & { args: unknown },
): Promise<ToolOutcome> {
  run.signal.throwIfAborted();
  const registered = run.open.get(call.action);
  const { toolCallId } = place;
  const { input } = splitArguments(registered?.action, call.args);
  const told: ToolCall = {
    toolCallId,
    tool: call.tool,
    action: call.action,
    // of what takes a secret, and of what is not known to take none, nothing is kept
    input: registered ? redact(registered.action.input, input) : {},
  };
  run.onEvent({ type: 'tool-started', call: told });
  const answer = await executed(run, place, registered, call).catch((thrown: unknown) => {
    if (thrown instanceof TroupeError) return thrown;
    throw thrown;
  });
  if (answer instanceof TroupeError) {
    run.onEvent({ type: 'tool-finished', call: told, error: answer });
    const { code, message, details } = answer.kind === 'internal' ? coreErrors.internal() : answer;
    const error = { code, message, ...(details ? { details } : {}) };
    return { told: { error }, action: { call: told, error: answer, taints: false } };
  }
  // an answer that does not say is not believed; a first answer that is given again may never have come here
  const taints = answer.taints ?? true;
  if (taints) run.taint();
  const shown = registered ? redact(registered.action.output, answer.output) : answer.output;
  const { changes, needs, callId } = answer;
  const output = changes ? { dryRun: true, output: shown, changes, ...(needs ? { needs } : {}) } : shown;
  run.onEvent({ type: 'tool-finished', call: told, callId, output: clip(output) });
  const forModel = clip(answer.replayed ? { replayed: true, note: REPLAYED, output } : output);
  return { told: forModel, action: { call: told, callId, output, taints } };
}

async function executed(
  run: Run,
  { step, toolCallId }: ToolPlace,
  registered: RegisteredAction | undefined,
  { action, args }: { action: string; args: unknown },
): Promise<Answer> {
  if (!registered) {
    // refused, and on record; what became open in the middle of the run is for the next one
    await run.kernel.assertOpen({ action, caller: run.caller, surface: 'chat', requestId: run.requestId, trace: run.trace });
    throw coreErrors.unknown_action();
  }
  if (takesOrShowsSecrets(registered)) throw agentErrors.for_people();
  const { input, dryRun, again } = readArguments(registered.action, args);
  const isKeyed = registered.action.effect === 'write' && !dryRun;
  const work = run.taskId ?? run.runId;
  const parts = again ? [work, step, toolCallId, action, input] : [work, action, input];
  return run.kernel.execute({
    action,
    input,
    caller: { ...run.caller, tainted: run.tainted() },
    surface: 'chat',
    requestId: run.requestId,
    trace: run.trace,
    ...(dryRun ? { dryRun: true } : {}),
    ...(isKeyed ? { idempotencyKey: `run-${run.kernel.digest(parts)}` } : {}),
  });
}

const REPLAYED = 'This was done before and was not done again. To do it once more, say "again": true.';

function clip(output: unknown): unknown {
  const text = JSON.stringify(output) ?? 'null';
  if (text.length <= MOST_ANSWER) return output ?? null;
  return {
    clipped: true,
    note: 'The answer was too long. Ask for less, or for the next page.',
    beginning: text.slice(0, MOST_ANSWER),
  };
}

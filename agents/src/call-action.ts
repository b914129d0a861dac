// One call of an action by an agent. It is kernel.execute and nothing else.
import { coreErrors, TroupeError } from '@troupe-os/core';
import { type Answer, type RegisteredAction, readArguments, redact, splitArguments } from '@troupe-os/core/surface';
import { agentErrors } from './errors.ts';
import type { Run, ToolCall } from './run-parts.ts';
import { takesOrShowsSecrets } from './secrets.ts';

/** The longest answer that a model is given, in characters of JSON. */
const MOST_ANSWER = 20_000;

/**
 * Calls an action in a run and tells it, before the model learns the answer. Answers what the model is told; an error is told too.
 * The same call in one run is done once: its key is made of the run, the action and the input.
 */
export async function callAction(
  run: Run,
  call: Pick<ToolCall, 'toolCallId' | 'tool' | 'action'> & { args: unknown },
): Promise<unknown> {
  run.signal.throwIfAborted();
  const registered = run.open.get(call.action);
  const told: ToolCall = {
    toolCallId: call.toolCallId,
    tool: call.tool,
    action: call.action,
    input: splitArguments(registered?.action, call.args).input,
  };
  await run.onEvent({ type: 'tool-started', call: told });
  const answer = await executed(run, registered, call).catch((thrown: unknown) => {
    run.signal.throwIfAborted();
    if (thrown instanceof TroupeError) return thrown;
    throw thrown;
  });
  // telling it stands outside: a failure to tell must not make a failure of what has been done
  if (answer instanceof TroupeError) {
    await run.onEvent({ type: 'tool-finished', call: told, error: answer, taints: false });
    const { code, message, details } = answer.kind === 'internal' ? coreErrors.internal() : answer;
    return { error: { code, message, ...(details ? { details } : {}) } };
  }
  // an answer that does not say is not believed; a first answer that is given again may never have come here
  const taints = answer.taints ?? true;
  if (taints) run.taint();
  const shown = registered ? redact(registered.action.output, answer.output) : answer.output;
  const output = answer.changes ? { dryRun: true, output: shown, changes: answer.changes } : shown;
  await run.onEvent({ type: 'tool-finished', call: told, callId: answer.callId, output, taints });
  return clip(answer.replayed ? { replayed: true, note: REPLAYED, output } : output);
}

async function executed(
  run: Run,
  registered: RegisteredAction | undefined,
  { action, args }: { action: string; args: unknown },
): Promise<Answer> {
  if (registered && takesOrShowsSecrets(registered)) throw agentErrors.for_people();
  const { input, dryRun, again } = readArguments(registered?.action, args);
  const isKeyed = registered?.action.effect === 'write' && !dryRun && !again;
  return run.kernel.execute({
    action,
    input,
    caller: { ...run.caller, tainted: run.tainted() },
    surface: 'chat',
    requestId: run.requestId,
    trace: run.trace,
    ...(dryRun ? { dryRun: true } : {}),
    ...(isKeyed ? { idempotencyKey: `run-${run.kernel.digest([run.runId, action, input])}` } : {}),
  });
}

const REPLAYED = 'This was done before in this run and was not done again. To do it once more, say "again": true.';

function clip(output: unknown): unknown {
  const text = JSON.stringify(output) ?? 'null';
  if (text.length <= MOST_ANSWER) return output ?? null;
  return {
    clipped: true,
    note: 'The answer was too long. Ask for less, or for the next page.',
    beginning: text.slice(0, MOST_ANSWER),
  };
}

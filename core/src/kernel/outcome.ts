// What became of work that a write has begun: asked for after its commit, as a read of its own by the same caller.
import type { Log } from '../context.ts';
import type { Answer, Call, Caller } from './call.ts';
import type { Executor } from './execute.ts';
import type { Registry } from './registry.ts';
import { describeForLog } from './translate.ts';

interface Parts extends Pick<Executor, 'execute'> {
  readonly registry: Registry;
  readonly log: Log;
  isOpen(caller: Caller, action: string): Promise<boolean>;
}

/** The answer of a write, or of the read that it names as its outcome, where its caller may read that. Calls that jobs make do not wait: the work may need their place. */
export async function outcomeOf({ registry, log, execute, isOpen }: Parts, call: Call, answer: Answer): Promise<Answer> {
  const outcome = registry.actions.get(call.action)?.action.outcome;
  if (!outcome || call.dryRun || !(await isOpen(call.caller, outcome.action))) return answer;
  const { idempotencyKey: _, keyLastsSeconds: __, approvalId: ___, ...rest } = call;
  try {
    const { output, taints } = await execute({ ...rest, action: outcome.action, input: outcome.input(answer.output as never) });
    return { ...answer, output, ...(taints === undefined ? {} : { taints: taints || answer.taints === true }) };
  } catch (error) {
    // the work has begun and is on record: its caller is given what the write itself has answered, never an error that says otherwise
    log.warn('the outcome of a call could not be read', {
      action: call.action,
      callId: answer.callId,
      error: describeForLog(error),
    });
    return answer;
  }
}

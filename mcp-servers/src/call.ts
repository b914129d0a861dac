// One call of an action by a client: gate, the properties that are the call's own, the key that makes it safe to repeat.
import type { CallToolResult } from '@modelcontextprotocol/server';
import { readArguments, wireSchema } from '@troupe-os/core/surface';
import { answerResult } from './answer.ts';
import type { Asking } from './asking.ts';
import { assertUploads } from './files.ts';

/** For an outside client the run is its credential, for so long. */
const RUN_SECONDS = 600;

/** Runs an action, as `perform` does, for a client that called it as a tool. */
export async function callAction(asking: Asking, name: string, args: Readonly<Record<string, unknown>>): Promise<CallToolResult> {
  const { action, input, answer } = await perform(asking, name, args);
  return answerResult(action, input, answer, asking.host);
}

/** Runs an action. `args`: its input, and on a write `dryRun` and `again`. Errors: those of core and of the action's plugin. */
export async function perform(asking: Asking, name: string, args: Readonly<Record<string, unknown>>) {
  const { host, caller, requestId, trace, progress } = asking;
  const frame = {
    action: name,
    caller,
    surface: 'mcp',
    requestId,
    ...(trace ? { trace } : {}),
    ...(progress ? { progress } : {}),
  };
  const { action } = await host.kernel.assertOpen(frame); // nothing about the input is said to whom the action is closed
  const { dryRun, again, ...rest } = readArguments(action, args);
  const input = rest.input as Readonly<Record<string, unknown>>; // what is left of an object
  assertUploads(wireSchema(action.input), input);
  const repeatable = action.effect === 'write' && !dryRun && !again;
  const answer = await host.kernel.execute({
    ...frame,
    input,
    ...(dryRun ? { dryRun } : {}),
    ...(repeatable ? { idempotencyKey: runKey(asking, name, input), keyLastsSeconds: RUN_SECONDS } : {}),
  });
  return { action, input, answer };
}

function runKey({ host, caller }: Asking, action: string, input: unknown): string {
  return `mcp-${host.kernel.digest(['mcp', caller.principal.credential, action, input])}`;
}

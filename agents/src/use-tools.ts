// The tools that a model asks for in one step.
import type { TroupeError } from '@troupe-os/core';
import type { AskedTool } from './ask-model.ts';
import { agentErrors } from './errors.ts';
import type { OfferedTool } from './offer.ts';
import type { ToolResult } from './record.ts';
import type { Run } from './run-parts.ts';

const MOST_AT_ONCE = 8;

/** Reads beside each other, writes one after another, all in the order in which the model asked. Those that were not begun say that they were stopped. */
export async function useTools(
  run: Run,
  tools: ReadonlyMap<string, OfferedTool>,
  { step, calls }: { step: number; calls: readonly AskedTool[] },
): Promise<ToolResult[]> {
  const results: ToolResult[] = [];
  const use = async ({ toolCallId, tool, input }: AskedTool): Promise<ToolResult> => {
    const offered = tools.get(tool);
    const args = argumentsOf(input);
    if (!offered) return { toolCallId, outcome: { told: failure(agentErrors.unknown_tool()) } };
    if (!args) return { toolCallId, outcome: { told: failure(agentErrors.bad_arguments()) } };
    if (run.signal.aborted) return { toolCallId, outcome: { told: { stopped: true } } };
    return { toolCallId, outcome: await offered.run(args, { step, toolCallId }) };
  };
  let waiting: Promise<ToolResult>[] = [];
  for (const call of calls) {
    const args = argumentsOf(call.input);
    const isRead = args === undefined || (tools.get(call.tool)?.isRead(args) ?? true);
    if (!isRead || waiting.length === MOST_AT_ONCE) {
      results.push(...(await Promise.all(waiting)));
      waiting = [];
    }
    if (!isRead) results.push(await use(call));
    else waiting.push(use(call));
  }
  return [...results, ...(await Promise.all(waiting))];
}

/** Undefined: it is no JSON object. Some models write nothing where there is nothing to say. */
export function argumentsOf(input: string): object | undefined {
  try {
    const value: unknown = input.trim() === '' ? {} : JSON.parse(input);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // the model is told, as of any other input that does not fit
  }
}

const failure = ({ code, message }: TroupeError) => ({ error: { code, message } });

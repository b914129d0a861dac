// tools/list and tools/call: the same for every address and era.
import {
  type CallToolResult,
  type InputRequiredResult,
  ProtocolError,
  ProtocolErrorCode,
  type Tool,
  UrlElicitationRequiredError,
} from '@modelcontextprotocol/server';
import { coreErrors } from '@troupe-os/core';
import { describeForLog, toolName, translate } from '@troupe-os/core/surface';
import { errorResult } from './answer.ts';
import { type Patience, whenDecided } from './approval.ts';
import type { Asking } from './asking.ts';
import { callAction } from './call.ts';
import { chooseEveryday } from './everyday.ts';
import { OWN_TOOLS } from './finder.ts';
import { projectAction } from './project.ts';

/** A list longer than this makes models choose worse. */
const MOST_TOOLS = 25;

/** What this caller is shown at this address, in an order that stays. */
export async function listTools({ host, caller, plugin }: Asking): Promise<Tool[]> {
  const open = await host.kernel.actionsFor(caller);
  if (plugin !== undefined)
    return open.filter((one) => one.plugin.id === plugin).map((one) => projectAction(one, host.publicUrl));
  const chosen = chooseEveryday(open, host.kernel.plugins, MOST_TOOLS - OWN_TOOLS.length);
  return [...OWN_TOOLS.map(({ tool }) => tool), ...chosen.map((one) => projectAction(one, host.publicUrl))];
}

export interface ToolCall extends Patience {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Calls a tool. A tool that is not there and one that is closed to the caller are the same error of the protocol. */
export async function callTool(
  asking: Asking,
  { name, args, ...patience }: ToolCall,
): Promise<CallToolResult | InputRequiredResult> {
  const own = asking.plugin === undefined ? OWN_TOOLS.find(({ tool }) => tool.name === name) : undefined;
  const run = () => (own ? own.run(asking, args) : callAction(asking, actionName(asking, name), args));
  try {
    return await run().catch((thrown: unknown) => whenDecided(asking, thrown, run, patience));
  } catch (thrown) {
    if (thrown instanceof UrlElicitationRequiredError) throw thrown;
    const error = translate(thrown);
    if (error.kind === 'internal' && thrown !== error)
      asking.host.kernel.log.error('a tool failed', { requestId: asking.requestId, tool: name, error: describeForLog(thrown) });
    if (own === undefined && error.code === coreErrors.unknown_action.code)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such tool.', { code: error.code });
    return errorResult(error, asking.requestId, patience.era);
  }
}

/** The action behind a tool's name; the name itself where there is none, which the gate then refuses as any unknown one. */
function actionName({ host, plugin }: Asking, tool: string): string {
  for (const { id, actions } of host.kernel.plugins.values()) {
    if (plugin !== undefined && plugin !== id) continue;
    const found = actions.find((action) => toolName(action.name) === tool);
    if (found) return found.name;
  }
  return tool;
}

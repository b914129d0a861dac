// What an agent is offered: actions as tools, and the two tools through which the rest is reached.
import { candidatesOf, isDownload, nearest, type RegisteredAction, toolName, toolSchema } from '@troupe-os/core/surface';
import { callAction } from './call-action.ts';
import type { Run } from './run-parts.ts';
import { takesOrShowsSecrets } from './secrets.ts';

export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the wire: what the model writes is what the kernel decodes. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  run(args: unknown, toolCallId: string): Promise<unknown>;
}

/** A longer list makes models choose worse. */
const MOST_TOOLS = 25;
const MOST_FOUND = 10;

/** All visible actions where they are few; else those nearest to what was said last, and the tools that find and run the others. */
export function offerTools(run: Run, said: string): OfferedTool[] {
  const open = [...run.open.values()].filter(
    (one) => !isForPeople(one) && !takesOrShowsSecrets(one) && !isDownload(one.action.output),
  );
  if (open.length <= MOST_TOOLS) return open.map((one) => actionTool(run, one));
  const fitting = nearest(said, candidatesOf(open)).map(({ value }) => value);
  const rest = open.filter((one) => !fitting.includes(one)).sort((one, other) => ease(one) - ease(other));
  const chosen = [...fitting, ...rest].slice(0, MOST_TOOLS - 2);
  return [...chosen.map((one) => actionTool(run, one)), findTool(run, open), runTool(run)];
}

/** What people alone change is no tool of an agent: it would be refused. */
const isForPeople = ({ action, plugin }: RegisteredAction) =>
  action.effect === 'write' && plugin.permissions[action.permission]?.people === true;

/** Low reads are the easiest to use, consequential writes the last that an agent reaches for. */
function ease({ action }: RegisteredAction): number {
  if (action.effect === 'read') return action.risk === 'low' ? 0 : 1;
  return action.consequential ? 3 : 2;
}

function actionTool(run: Run, { action }: RegisteredAction): OfferedTool {
  const name = toolName(action.name);
  return {
    name,
    description: `${action.title}. ${action.description}`,
    inputSchema: toolSchema(action),
    run: (args, toolCallId) => callAction(run, { toolCallId, tool: name, action: action.name, args }),
  };
}

function findTool(run: Run, open: readonly RegisteredAction[]): OfferedTool {
  return {
    name: 'find_actions',
    description: 'Finds what else can be done here, with the schema of each input. Run one with run_action.',
    inputSchema: {
      type: 'object',
      properties: { query: { type: 'string', description: 'What is to be done, in a few words.' } },
      required: ['query'],
      additionalProperties: false,
    },
    async run(args) {
      run.signal.throwIfAborted();
      const query = String((args as { query?: unknown } | null)?.query ?? '');
      const found = nearest(query, candidatesOf(open)).slice(0, MOST_FOUND);
      return found.map(({ value }) => ({
        action: value.action.name,
        title: value.action.title,
        description: value.action.description,
        effect: value.action.effect,
        inputSchema: toolSchema(value.action),
      }));
    },
  };
}

function runTool(run: Run): OfferedTool {
  return {
    name: 'run_action',
    description: 'Runs any action that find_actions shows, with its input.',
    inputSchema: {
      type: 'object',
      properties: { action: { type: 'string' }, input: { type: 'object' } },
      required: ['action', 'input'],
      additionalProperties: false,
    },
    run(args, toolCallId) {
      const { action, input } = (args ?? {}) as { action?: unknown; input?: unknown };
      return callAction(run, { toolCallId, tool: 'run_action', action: String(action), args: input });
    },
  };
}

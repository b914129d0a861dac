// What an agent is offered: actions as tools, and the two tools through which the rest is reached.
import { candidatesOf, isDownload, nearest, type RegisteredAction, toolName, toolSchema } from '@troupe-os/core/surface';
import type { ShownTool } from './ask-model.ts';
import { callAction, type ToolPlace } from './call-action.ts';
import type { Run, ToolOutcome } from './run-parts.ts';
import { takesOrShowsSecrets } from './secrets.ts';

export interface OfferedTool {
  /** Its schema is that of the wire: what the model writes is what the kernel decodes. */
  readonly shown: ShownTool;
  /** Whether a call with these arguments changes nothing, so that others may go on beside it. It never throws. */
  isRead(args: object): boolean;
  run(args: object, place: ToolPlace): Promise<ToolOutcome>;
}

/** A longer list makes models choose worse. */
const MOST_TOOLS = 25;
const MOST_FOUND = 10;
/** Of a sentence so many letters say what it is about. */
const MOST_ASKED = 2000;

/** All visible actions where they are few; else those nearest to what was said last, and the tools that find and run the others. */
export function offerTools(run: Run, said: string): OfferedTool[] {
  const open = [...run.open.values()].filter(
    (one) => !isForPeople(one) && !takesOrShowsSecrets(one) && !isDownload(one.action.output),
  );
  if (open.length <= MOST_TOOLS) return open.map((one) => actionTool(run, one));
  const fitting = nearest(said.slice(0, MOST_ASKED), candidatesOf(open)).map(({ value }) => value);
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
    shown: { name, description: `${action.title}. ${action.description}`, inputSchema: toolSchema(action) },
    isRead: () => action.effect === 'read',
    run: (args, place) => callAction(run, place, { tool: name, action: action.name, args }),
  };
}

function findTool(run: Run, open: readonly RegisteredAction[]): OfferedTool {
  return {
    shown: {
      name: 'find_actions',
      description: 'Finds what else can be done here, with the schema of each input. Run one with run_action.',
      inputSchema: {
        type: 'object',
        properties: { query: { type: 'string', description: 'What is to be done, in a few words.' } },
        required: ['query'],
        additionalProperties: false,
      },
    },
    isRead: () => true,
    async run(args) {
      run.signal.throwIfAborted();
      const { query } = args as { query?: unknown };
      const found = nearest(typeof query === 'string' ? query.slice(0, MOST_ASKED) : '', candidatesOf(open)).slice(0, MOST_FOUND);
      const told = found.map(({ value }) => ({
        action: value.action.name,
        title: value.action.title,
        description: value.action.description,
        effect: value.action.effect,
        inputSchema: toolSchema(value.action),
      }));
      return { told };
    },
  };
}

function runTool(run: Run): OfferedTool {
  const actionIn = (args: unknown): string => {
    const { action } = args as { action?: unknown };
    return typeof action === 'string' ? action : '';
  };
  return {
    shown: {
      name: 'run_action',
      description: 'Runs any action that find_actions shows, with its input.',
      inputSchema: {
        type: 'object',
        properties: { action: { type: 'string' }, input: { type: 'object' } },
        required: ['action', 'input'],
        additionalProperties: false,
      },
    },
    isRead: (args) => run.open.get(actionIn(args))?.action.effect !== 'write',
    run: (args, place) =>
      callAction(run, place, { tool: 'run_action', action: actionIn(args), args: (args as { input?: unknown }).input }),
  };
}

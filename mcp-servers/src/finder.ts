// The two tools through which the rest is reached: one finds actions, one runs any of them behind the same gate.
import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import { CALL_PROPERTIES, candidatesOf, invalidInput, nearest, type RegisteredAction } from '@troupe-os/core/surface';
import { z } from 'zod';
import type { Asking } from './asking.ts';
import { callAction } from './call.ts';
import { projectAction } from './project.ts';

/** A tool that is no action. */
export interface OwnTool {
  readonly tool: Tool;
  run(asking: Asking, args: Readonly<Record<string, unknown>>): Promise<CallToolResult>;
}

const findInput = z.strictObject({
  query: z.string().max(200).default('').describe('What is to be done, in a few words. Empty: all actions, by name.'),
  plugin: z.string().max(40).optional().describe('Only the actions of this plugin, e.g. "ledger".'),
  limit: z.int().min(1).max(50).default(10),
});

const runInput = z.strictObject({
  action: z.string().min(1).max(100).describe('The name of an action as find_actions gives it, e.g. "ledger.post-entry".'),
  input: z.record(z.string(), z.unknown()).default({}).describe("The action's input: find_actions shows its schema."),
  dryRun: z.boolean().optional().describe(`Writes only. ${CALL_PROPERTIES.dryRun.description}`),
  again: z.boolean().optional().describe(`Writes only. ${CALL_PROPERTIES.again.description}`),
});

const findActions: OwnTool = {
  tool: {
    name: 'find_actions',
    title: 'Find actions',
    description:
      'Finds what else can be done here: the actions that you may use, with the schema of their input. Run one with run_action.',
    inputSchema: schemaOf(findInput),
    annotations: {
      title: 'Find actions',
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
  },
  async run({ host, caller }, args) {
    const { query, plugin, limit } = decode(findInput, args);
    const open = (await host.kernel.actionsFor(caller)).filter((one) => plugin === undefined || one.plugin.id === plugin);
    const found = query.trim() === '' ? open : nearest(query, candidatesOf(open)).map(({ value }) => value);
    const actions = found.slice(0, limit).map((one) => describe(one, host.publicUrl));
    const lines = actions.map(({ action, title }) => `- ${action}: ${title}`);
    const text = [
      `${found.length} of your ${open.length} actions fit; shown: ${actions.length}.`,
      ...lines,
      JSON.stringify({ actions }),
    ];
    return { content: [{ type: 'text', text: text.join('\n') }], structuredContent: { actions, total: found.length } };
  },
};

const runAction: OwnTool = {
  tool: {
    name: 'run_action',
    title: 'Run an action',
    description: 'Runs any action that find_actions shows, with its input.',
    inputSchema: schemaOf(runInput),
    annotations: {
      title: 'Run an action',
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: false,
      openWorldHint: false,
    },
  },
  async run(asking, args) {
    const { action, input, ...call } = decode(runInput, args);
    return callAction(asking, action, { ...input, ...call });
  },
};

/** The tools of `/mcp` that are no actions, in their order. */
export const OWN_TOOLS: readonly OwnTool[] = [findActions, runAction];

function describe({ action }: RegisteredAction, publicUrl: string) {
  const { name, title, description, effect, consequential, risk } = action;
  const { inputSchema } = projectAction({ action }, publicUrl);
  return { action: name, title, description, effect, risk, ...(consequential ? { consequential } : {}), inputSchema };
}

function schemaOf(schema: z.ZodType): Tool['inputSchema'] {
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io: 'input' });
  return made as Tool['inputSchema']; // both are strict objects
}

/** Errors: core.invalid_input. */
function decode<S extends z.ZodType>(schema: S, args: unknown): z.output<S> {
  const decoded = schema.safeParse(args);
  if (decoded.success) return decoded.data;
  throw invalidInput(decoded.error);
}

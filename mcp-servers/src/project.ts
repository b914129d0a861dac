// An action as a tool: its name, its schemas on the wire, and the hints by which a client decides what to ask its user.
import type { Tool } from '@modelcontextprotocol/server';
import { isDownload, type RegisteredAction, wireSchema } from '@troupe-os/core/surface';
import { LINK_SCHEMA } from './download-link.ts';
import { describeFiles, type JsonSchema } from './files.ts';

/** `ledger.post-entry` is the tool `ledger_post_entry`; the registry has seen to it that no two actions meet. */
export const toolName = (action: string): string => action.replaceAll(/[.-]/g, '_');

/** The tool that an action is. `publicUrl`: where files are uploaded. */
export function projectAction({ action }: Pick<RegisteredAction, 'action'>, publicUrl: string): Tool {
  const write = action.effect === 'write';
  const input = describeFiles(wireSchema(action.input), `${publicUrl}/api/${action.name.replace('.', '/')}/files?name=FILE`);
  const output = outputSchema(action);
  return {
    name: toolName(action.name),
    title: action.title,
    description: action.description,
    inputSchema: asObjectSchema(write ? withProperties(input, CALL_PROPERTIES) : input),
    ...(output ? { outputSchema: asObjectSchema(output) } : {}),
    annotations: {
      title: action.title,
      readOnlyHint: !write,
      destructiveHint: write && (action.consequential === true || action.risk === 'high'),
      idempotentHint: !write,
      openWorldHint: false,
    },
  };
}

/** What belongs to the call of a write and not to its input; taken out before the kernel sees it. */
export const CALL_PROPERTIES = {
  dryRun: { type: 'boolean', description: 'Say what would change, and change nothing.' },
  again: {
    type: 'boolean',
    description:
      'Do it once more although the same was done within the last ten minutes. Without it the first answer is given again.',
  },
} as const;

/** What an answer says of its call; without any of it the write was done now. */
const ANSWER_PROPERTIES = {
  replayed: { type: 'boolean', description: 'This is the first answer again; nothing was done now.' },
  dryRun: { type: 'boolean', description: 'Nothing has changed.' },
  changes: { type: 'array', items: { type: 'object' }, description: 'What a dry run would have changed.' },
} as const;

/** Undefined where the answer is no single kind of object: then it is shown and not described. */
function outputSchema({ output, effect }: RegisteredAction['action']): JsonSchema | undefined {
  const schema: JsonSchema = isDownload(output) ? LINK_SCHEMA : wireSchema(output);
  if (schema.type !== 'object') return undefined;
  return effect === 'write' ? withProperties(schema, ANSWER_PROPERTIES) : schema;
}

/** A property of the schema's own stands before one of ours. */
function withProperties(schema: JsonSchema, more: Readonly<Record<string, unknown>>): JsonSchema {
  return { ...schema, properties: { ...more, ...(schema.properties as Record<string, unknown> | undefined) } };
}

/** The registry takes only objects as inputs, and `outputSchema` has looked. */
const asObjectSchema = (schema: JsonSchema) => schema as Tool['inputSchema'];

// An action as a tool: its name, its schemas on the wire, and the hints by which a client decides what to ask its user.
import type { Tool } from '@modelcontextprotocol/server';
import { isDownload, type RegisteredAction, toolName, toolSchema, wireSchema } from '@troupe-os/core/surface';
import { LINK_SCHEMA } from './download-link.ts';
import { describeFiles, type JsonSchema } from './files.ts';

/** The tool that an action is. `publicUrl`: where files are uploaded. */
export function projectAction({ action }: Pick<RegisteredAction, 'action'>, publicUrl: string): Tool {
  const write = action.effect === 'write';
  const input = describeFiles(toolSchema(action), `${publicUrl}/api/${action.name.replace('.', '/')}/files?name=FILE`);
  const output = outputSchema(action);
  return {
    name: toolName(action.name),
    title: action.title,
    description: action.description,
    inputSchema: asObjectSchema(input),
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
  // a property of the schema's own stands before one of ours
  return effect === 'write'
    ? { ...schema, properties: { ...ANSWER_PROPERTIES, ...(schema.properties as object | undefined) } }
    : schema;
}

/** The registry takes only objects as inputs, and `outputSchema` has looked. */
const asObjectSchema = (schema: JsonSchema) => schema as Tool['inputSchema'];

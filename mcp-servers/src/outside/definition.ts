// A tool as its server defines it, and the hash by which it was confirmed.
import { createHash } from 'node:crypto';
import { canonicalJson } from '@troupe-os/core/surface';

/** The parts by which people and models understand a tool, and by which it is called. Icons and `_meta` are not looked at. */
const PARTS = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;

export interface ToolDefinition {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** As it is hashed and kept: those parts and nothing else. */
export function definitionOf(tool: ToolDefinition): ToolDefinition {
  const said = PARTS.filter((part) => tool[part] !== undefined).map((part) => [part, tool[part]]);
  return JSON.parse(JSON.stringify(Object.fromEntries(said))) as ToolDefinition;
}

/** SHA-256 in hex of its RFC 8785 form. */
export const hashOf = (definition: ToolDefinition): string =>
  createHash('sha256')
    .update(canonicalJson(definitionOf(definition)))
    .digest('hex');

export interface Difference {
  readonly part: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** The parts that are not the same. */
export function differences(before: ToolDefinition, after: ToolDefinition): Difference[] {
  return PARTS.filter((part) => canonicalJson(before[part]) !== canonicalJson(after[part])).map((part) => ({
    part,
    before: before[part],
    after: after[part],
  }));
}

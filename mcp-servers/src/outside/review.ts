// What has become of a server's tools since somebody confirmed them.
import { type Difference, differences, hashOf, type ToolDefinition } from './definition.ts';
import type { Pinned, PinnedTool } from './lock.ts';
import { type OutsideServerOptions, ruleOf, type ToolRule } from './options.ts';
import { usable, verbOf } from './tool-actions.ts';

export interface FoundTool {
  readonly name: string;
  readonly state: 'same' | 'added' | 'changed' | 'gone' | 'unusable';
  readonly rule: ToolRule;
  readonly action: string;
  /** Of one that is there and can be used: what is confirmed by a yes. */
  readonly pinned?: PinnedTool;
  readonly differences: readonly Difference[];
  /** Why it cannot be used. */
  readonly fault?: string;
}

/** Each tool of the server and each that was confirmed, by name. */
export function lookAt(
  { id, tools: rules = {} }: OutsideServerOptions,
  live: readonly ToolDefinition[],
  confirmed: Pinned,
): FoundTool[] {
  const taken = new Map<string, string>();
  const found = live.map((definition): FoundTool => {
    const { name } = definition;
    const rule = ruleOf(rules, name);
    const action = `${id}.${verbOf(name, rule)}`;
    const pinned = { sha256: hashOf(definition), definition };
    const before = confirmed.tools.get(name);
    const about = { name, rule, action, differences: before ? differences(before.definition, definition) : [] };
    const namesake = taken.get(action);
    taken.set(action, name);
    const fault =
      namesake === undefined ? faultOf(pinned, rule) : `${action} is "${namesake}" already: say another "action" for one`;
    if (fault !== undefined) return { ...about, state: 'unusable', fault };
    return { ...about, pinned, state: !before ? 'added' : before.sha256 === pinned.sha256 ? 'same' : 'changed' };
  });
  const gone = [...confirmed.tools.values()]
    .filter(({ definition }) => !live.some(({ name }) => name === definition.name))
    .map(({ definition: { name } }): FoundTool => {
      const rule = ruleOf(rules, name);
      return { name, state: 'gone', rule, action: `${id}.${verbOf(name, rule)}`, differences: [] };
    });
  return [...found, ...gone].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function faultOf(pinned: PinnedTool, rule: ToolRule): string | undefined {
  try {
    usable(pinned, rule);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

// An action as a tool of a model: its name, its schema, and what belongs to the call and not to the input.
import type { AnyAction } from './define/action.ts';
import { coreErrors } from './errors.ts';
import { wireSchema } from './wire.ts';

/** `ledger.post-entry` is the tool `ledger_post_entry`; the registry sees to it that no two actions meet. */
export const toolName = (action: string): string => action.replaceAll(/[.-]/g, '_');

/** What the tool of a write takes beside its input; no input may use these names. */
export const CALL_PROPERTIES = {
  dryRun: { type: 'boolean', description: 'Say what would change, and change nothing.' },
  again: {
    type: 'boolean',
    description: 'Do it once more, although the same was done just now. Without it the first answer is given again.',
  },
} as const;

/** JSON Schema of what the tool takes: the input on the wire, so that what a model writes is what the kernel decodes. */
export function toolSchema({ effect, input }: AnyAction): Readonly<Record<string, unknown>> {
  const schema = wireSchema(input);
  if (effect === 'read') return schema;
  return { ...schema, properties: { ...(schema.properties as object | undefined), ...CALL_PROPERTIES } };
}

interface Arguments {
  readonly input: unknown;
  readonly dryRun?: unknown;
  readonly again?: unknown;
}

/** Takes what belongs to the call out of a tool's arguments, unchecked. Undefined: an action that is not known. */
export function splitArguments(action: AnyAction | undefined, args: unknown): Arguments {
  if (action?.effect !== 'write' || typeof args !== 'object' || args === null || Array.isArray(args))
    return { input: args ?? {} };
  const { dryRun, again, ...input } = args as Record<string, unknown>;
  return { input, dryRun, again };
}

/** The same, checked. Errors: core.invalid_input. */
export function readArguments(action: AnyAction | undefined, args: unknown) {
  const { input, dryRun = false, again = false } = splitArguments(action, args);
  const issues = Object.entries({ dryRun, again })
    .filter(([, value]) => typeof value !== 'boolean')
    .map(([path]) => ({ path, message: 'Invalid input: expected boolean', code: 'invalid_type' }));
  if (issues.length > 0) throw coreErrors.invalid_input({ issues });
  return { input, dryRun: dryRun === true, again: again === true };
}

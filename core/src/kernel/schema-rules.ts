// What a schema must be to stand on a wire, checked at boot; and what is taken out of values before they are stored.
import { z } from 'zod';
import { isDownload, isFile, isSecret } from '../wire.ts';

/** Zod types that have no JSON form, or that let unknown things through. Bigints and dates travel by codec (core/src/wire.ts). */
const WITHOUT_WIRE_FORM: ReadonlySet<string> = new Set(
  'transform catch any unknown custom bigint date symbol undefined void map set function promise file nan success'.split(' '),
);

/** The parts of zod's definitions that hold other schemas. */
interface Definition {
  readonly type: string;
  readonly coerce?: boolean;
  readonly shape?: Record<string, z.ZodType>;
  readonly catchall?: z.ZodType;
  readonly reverseTransform?: unknown;
  readonly options?: readonly z.ZodType[];
  readonly items?: readonly z.ZodType[];
  readonly getter?: () => z.ZodType;
  readonly [part: string]: unknown;
}

const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition;
const PARTS = ['element', 'innerType', 'in', 'out', 'left', 'right', 'keyType', 'valueType', 'rest'] as const;

function children(definition: Definition): [string, z.ZodType][] {
  const found: [string, z.ZodType][] = Object.entries(definition.shape ?? {});
  // only the wire's side of a codec is looked at: its other side is code
  const parts = typeof definition.reverseTransform === 'function' ? (['in'] as const) : PARTS;
  for (const part of parts) if (definition[part] instanceof z.ZodType) found.push([part, definition[part]]);
  for (const item of definition.options ?? definition.items ?? []) found.push(['', item]);
  if (definition.type === 'lazy' && definition.getter) found.push(['', definition.getter()]);
  return found;
}

/** Says what is wrong with a schema, or undefined: strict objects at every depth, codecs instead of transforms, a JSON form for all. */
export function wireFault(schema: z.ZodType, path = 'input', seen = new Set<z.ZodType>()): string | undefined {
  if (seen.has(schema)) return undefined;
  seen.add(schema);
  const definition = definitionOf(schema);
  if (WITHOUT_WIRE_FORM.has(definition.type)) return `"${definition.type}" at ${path} has no wire form`;
  if (definition.coerce) return `the coercion at ${path} guesses types: use a codec`;
  if (definition.type === 'object' && (!definition.catchall || definitionOf(definition.catchall).type !== 'never')) {
    return `the object at ${path} is not strict: use z.strictObject`;
  }
  if (definition.type === 'default' && (typeof definition.defaultValue === 'bigint' || definition.defaultValue instanceof Date)) {
    return `the default at ${path} is not in wire form: use prefault`;
  }
  for (const [name, child] of children(definition)) {
    const fault = wireFault(child, name ? `${path}.${name}` : path, seen);
    if (fault) return fault;
  }
  return undefined;
}

/** Whether any value of this schema may hold a secret. */
export const holdsSecret = (schema: z.ZodType): boolean => anyPart(schema, isSecret);

/** Whether any value of this schema may name a file. */
export const holdsFile = (schema: z.ZodType): boolean => anyPart(schema, isFile);

function anyPart(schema: z.ZodType, is: (part: z.ZodType) => boolean, seen = new Set<z.ZodType>()): boolean {
  if (is(schema)) return true;
  if (seen.has(schema)) return false;
  seen.add(schema);
  return children(definitionOf(schema)).some(([, child]) => anyPart(child, is, seen));
}

/** A wire value without its secrets. What the schema does not know is dropped: it may hold anything. */
export function redact(schema: z.ZodType, value: unknown): unknown {
  if (isSecret(schema)) return value === undefined ? undefined : '[redacted]';
  const definition = definitionOf(schema);
  if (definition.shape && typeof value === 'object' && value !== null) {
    const shape = definition.shape;
    // where bytes lie never leaves the server
    const members = Object.entries(value).filter(([name]) => name in shape && !(name === 'objectKey' && isDownload(schema)));
    return Object.fromEntries(members.map(([name, member]) => [name, redact(shape[name] as z.ZodType, member)]));
  }
  if (definition.type === 'array' && Array.isArray(value))
    return value.map((item) => redact(definition.element as z.ZodType, item));
  if (definition.options && holdsSecret(schema)) return '[redacted]';
  const inner = definition.innerType ?? (typeof definition.reverseTransform === 'function' ? undefined : definition.in);
  return inner instanceof z.ZodType ? redact(inner, value) : value;
}

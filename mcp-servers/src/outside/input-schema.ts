// A tool's JSON Schema as the strict schema of an action. It may let through more values than the server takes, which checks them itself,
// and never a property that was not confirmed.
import { CALL_PROPERTIES, wireFault } from '@troupe-os/core/surface';
import { z } from 'zod';

type JsonSchema = Readonly<Record<string, unknown>>;

interface Place {
  readonly root: JsonSchema;
  readonly path: string;
  /** The references that led here: one that leads back to itself has no end. */
  readonly refs: readonly string[];
}

/** Said to whoever fills the input in, and checked by the server. A pattern from outside could hold this process up for hours. */
const SAID_ONLY = ['description', 'title', 'pattern', 'default', 'examples'] as const;
const FORMATS: ReadonlySet<unknown> = new Set('date-time date time duration email hostname ipv4 ipv6 uri uuid'.split(' '));
/** What changes the shape in ways that are not represented here. What only narrows it is left to the server. */
const REFUSED = ['allOf', '$dynamicRef', '$recursiveRef', 'prefixItems', 'patternProperties'] as const;
const MOST_DEPTH = 20;

/** Throws an Error that says what cannot be represented, and where. */
export function inputSchemaOf(root: JsonSchema): z.ZodObject {
  const made = convert(root, { root, path: 'input', refs: [] });
  if (!(made instanceof z.ZodObject)) throw new Error('the input is no object with named properties');
  const reserved = Object.keys(CALL_PROPERTIES).find((name) => name in made.shape);
  if (reserved) throw new Error(`its input "${reserved}" has a name that belongs to the call`);
  const fault = wireFault(made);
  if (fault) throw new Error(fault);
  return made;
}

function convert(schema: unknown, place: Place): z.ZodType {
  if (place.path.split('.').length > MOST_DEPTH) throw new Error(`${place.path} is nested too deep`);
  if (schema === true) return z.json();
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) throw new Error(`${place.path} takes nothing`);
  const one = schema as JsonSchema;
  const refused = REFUSED.find((keyword) => one[keyword] !== undefined);
  if (refused) throw new Error(`"${refused}" at ${place.path} is not supported`);
  const made = typeof one.$ref === 'string' ? referred(one.$ref, place) : shaped(one, place);
  const nullable = one.nullable === true ? made.nullable() : made;
  const said = SAID_ONLY.filter((keyword) => one[keyword] !== undefined).map((keyword) => [keyword, one[keyword]]);
  const format = FORMATS.has(one.format) ? [['format', one.format]] : [];
  return said.length + format.length > 0 ? nullable.meta(Object.fromEntries([...said, ...format])) : nullable;
}

function referred(ref: string, { root, path, refs }: Place): z.ZodType {
  if (refs.includes(ref)) throw new Error(`the schema at ${path} holds itself`);
  const [, , name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(ref) ?? [];
  const definitions = { ...(root.definitions as JsonSchema | undefined), ...(root.$defs as JsonSchema | undefined) };
  if (name === undefined || !Object.hasOwn(definitions, name)) throw new Error(`"${ref}" at ${path} leads nowhere`);
  return convert(definitions[name], { root, path, refs: [...refs, ref] });
}

function shaped(schema: JsonSchema, place: Place): z.ZodType {
  const { type, enum: values, anyOf, oneOf } = schema;
  if ('const' in schema) return literals([schema.const], place);
  if (Array.isArray(values)) return literals(values, place);
  if (type === 'object' || schema.properties !== undefined) return objectOf(schema, place);
  const options = anyOf ?? oneOf;
  if (Array.isArray(options)) return unionOf(options, place);
  if (Array.isArray(type)) {
    const each = type.map((one) => ({ ...schema, type: one, default: undefined, description: undefined }));
    return unionOf(each, place);
  }
  if (type === 'array' || schema.items !== undefined) return arrayOf(schema, place);
  if (type === 'string') return stringOf(schema);
  if (type === 'number' || type === 'integer') return numberOf(schema);
  if (type === 'boolean') return z.boolean();
  if (type === 'null') return z.null();
  if (type !== undefined) throw new Error(`the type at ${place.path} is none of JSON Schema`);
  return z.json();
}

function literals(values: readonly unknown[], { path }: Place): z.ZodType {
  const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
  if (values.length === 0 || !values.every(isPlain)) throw new Error(`the values at ${path} are no texts, numbers or booleans`);
  return z.literal(values as [string]);
}

function unionOf(options: readonly unknown[], place: Place): z.ZodType {
  const [first, ...rest] = options.map((option) => convert(option, place));
  if (!first) throw new Error(`${place.path} takes nothing`);
  return rest.length === 0 ? first : z.union([first, ...rest]);
}

function objectOf({ properties, required, additionalProperties }: JsonSchema, { path, ...place }: Place): z.ZodType {
  if (properties === undefined && additionalProperties !== false && path !== 'input') {
    return z.record(z.string(), convert(additionalProperties ?? true, { ...place, path: `${path}.*` }));
  }
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const known = Object.entries((properties ?? {}) as JsonSchema);
  const unknown = needed.find((name) => !known.some(([one]) => one === name));
  if (unknown !== undefined) throw new Error(`"${String(unknown)}" is required at ${path} and not described`);
  const shape = known.map(([name, property]) => {
    if (name === '__proto__') throw new Error(`"${name}" at ${path} is no name for a property`);
    const made = convert(property, { ...place, path: `${path}.${name}` });
    return [name, needed.includes(name) ? made : made.optional()] as const;
  });
  return z.strictObject(Object.fromEntries(shape));
}

function arrayOf({ items, minItems, maxItems }: JsonSchema, { path, ...place }: Place): z.ZodType {
  const list = z.array(convert(items ?? true, { ...place, path: `${path}.*` }));
  const least = isCount(minItems) ? list.min(minItems) : list;
  return isCount(maxItems) ? least.max(maxItems) : least;
}

function stringOf({ minLength, maxLength }: JsonSchema): z.ZodType {
  const least = isCount(minLength) ? z.string().min(minLength) : z.string();
  return isCount(maxLength) ? least.max(maxLength) : least;
}

function numberOf({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): z.ZodType {
  let number: z.ZodNumber = type === 'integer' ? z.int() : z.number();
  if (typeof minimum === 'number') number = number.min(minimum);
  if (typeof maximum === 'number') number = number.max(maximum);
  if (typeof exclusiveMinimum === 'number') number = number.gt(exclusiveMinimum);
  if (typeof exclusiveMaximum === 'number') number = number.lt(exclusiveMaximum);
  return number;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

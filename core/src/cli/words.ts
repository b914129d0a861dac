// The words of a command line: strict flags, and values typed by the wire schema instead of guessed.

import { isAbsolute, resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { TroupeError } from '../errors.ts';
import { withoutControls } from './render.ts';

/** A flag or word that the command does not know. Its exit code is 2. */
export class UsageError extends Error {}

/** Parses flags; whatever is not declared is refused. Errors: UsageError. */
export function parseWords<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(
      (error as Error).message.replace(/^(.)/, (first) => first.toUpperCase()),
      { cause: error },
    );
  }
}

/** What a JSON Schema says of one input, as far as a command line needs it. */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly FieldSchema[];
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
}

export interface InputSchema {
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
}

/**
 * `key=value` words as an input. Text stays text; numbers, booleans, lists and objects are read where the schema asks for them.
 * A list is JSON, or the key said several times. Files are paths, made absolute. Errors: UsageError for words that are no pair or unknown keys.
 */
export function inputOf(pairs: readonly string[], schema: InputSchema): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [index, pair] of pairs.entries()) {
    const at = pair.indexOf('=');
    // it may be a password, so it is not said again
    if (at < 1) throw new UsageError(`Inputs are of the form key=value, and number ${index + 1} is not.`);
    const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
    const field = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
    if (!field) {
      const takes = Object.keys(schema.properties ?? {}).join(', ') || 'nothing';
      const isSecretAsked = Object.values(schema.properties ?? {}).some(({ format }) => format === 'password');
      const unknown = isSecretAsked ? `Input number ${index + 1} has no name that is known` : `There is no input "${name}"`;
      throw new UsageError(`${unknown}. It takes: ${takes}.`);
    }
    const before = input[name];
    const value = typedValue(text, field, name);
    input[name] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
  }
  return input;
}

function typedValue(text: string, field: FieldSchema, name: string): unknown {
  const types = typesOf(field);
  if (field.format === 'troupe-file') return text.startsWith('upload:') || isAbsolute(text) ? text : resolve(text);
  if (types.has('null') && text === 'null') return json(text, name);
  if (types.has('string')) return text;
  if (types.has('array'))
    return text.startsWith('[') ? json(text, name) : [typedValue(text, field.items ?? { type: 'string' }, name)];
  if (types.has('integer') || types.has('number')) return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
  if (types.has('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  if (types.has('object') || text === 'null') return json(text, name);
  return text;
}

function typesOf(field: FieldSchema): ReadonlySet<string> {
  const own = field.type === undefined ? (field.enum ?? []).map((value) => typeof value) : [field.type].flat();
  return new Set([...own, ...(field.anyOf ?? []).flatMap((one) => [...typesOf(one)])]);
}

/** What a value is, for help: `integer`, `draft|published`, `list of {path, amount, memo?}`. */
export function kindOf(field: FieldSchema): string {
  if (field.enum) return field.enum.join('|');
  if (field.anyOf) return field.anyOf.map(kindOf).join(' or ');
  if (field.type === 'array') return field.items ? `list of ${kindOf(field.items)}` : 'list';
  const parts = Object.keys(field.properties ?? {}).map((name) => (field.required?.includes(name) ? name : `${name}?`));
  return parts.length > 0 ? `{${parts.join(', ')}}` : [field.type ?? 'text'].flat().join(' or ');
}

/** How an input of several parts is typed, e.g. `postings='[{"path":"…","amount":"…"}]'`; undefined where a word does. */
export function exampleOf(name: string, field: FieldSchema): string | undefined {
  const types = typesOf(field);
  const ofObjects = types.has('array') && typesOf(field.items ?? {}).has('object');
  if (!types.has('object') && !ofObjects) return undefined;
  const parts = (types.has('object') ? field : field.items)?.properties;
  return parts ? `${name}='${JSON.stringify(sampleOf(field))}'` : undefined;
}

function sampleOf(field: FieldSchema): unknown {
  if (field.enum) return field.enum[0];
  const [first] = field.anyOf ?? [];
  if (first) return sampleOf(first);
  const types = typesOf(field);
  if (types.has('array')) return [sampleOf(field.items ?? {})];
  if (types.has('object')) {
    const needed = Object.entries(field.properties ?? {}).filter(([name]) => field.required?.includes(name));
    return Object.fromEntries(needed.map(([name, part]) => [name, sampleOf(part)]));
  }
  if (types.has('integer') || types.has('number')) return 1;
  return types.has('boolean') ? true : '…';
}

function json(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`The value of "${name}" is not JSON.`, { cause });
  }
}

/** `1 row`, `2 rows`. */
export const counted = (count: number | string, one: string): string => `${count} ${one}${Number(count) === 1 ? '' : 's'}`;

/** The sentence of an error for a terminal, with its code and what it says in detail. */
export function errorLine(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  if (error instanceof TroupeError) return withoutControls(`${error.message} (${error.code})${detailsText(error.details)}`);
  return withoutControls(`Something went wrong: ${error instanceof Error ? error.message : String(error)}`);
}

export function detailsText(details: unknown): string {
  if (details === undefined) return '';
  const issues = (details as { issues?: { path: string; message: string }[] }).issues;
  if (issues) return issues.map(({ path, message }) => `\n  ${path || 'input'}: ${message}`).join('');
  const { candidates, ...said } = details as { candidates?: { id: string; about: string }[] };
  if (candidates) return `${detailsText(said)}${candidates.map(({ id, about }) => `\n  ${id}  ${about}`).join('')}`;
  const entries = Object.entries(details as object);
  if (entries.some(([, value]) => typeof value === 'object')) return `\n  ${JSON.stringify(details)}`;
  return ` ${entries.map(([name, value]) => `${name}: ${value}`).join(', ')}`;
}

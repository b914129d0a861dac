// What rules about one permission or one action can look at, as a schema of Cedar, and the same of a call as values.
import type { Catalogue } from '@troupe-os/core';
import type { SchemaJson, Type } from './engine.ts';

type Json = Readonly<Record<string, unknown>>;
type Value = boolean | number | string | Value[] | { [key: string]: Value };
type RecordOf = { type: 'Record'; attributes: Record<string, Type<string> & { required?: boolean }> };

const text: Type<string> = { type: 'String' };
const ACTOR: RecordOf = {
  type: 'Record',
  attributes: { kind: text, roles: { type: 'Set', element: text } },
};

/** Undefined: nothing of this name is installed. */
export function schemaFor(catalogue: Catalogue, target: string): SchemaJson<string> | undefined {
  const action = catalogue.action(target);
  if (!action && !catalogue.permissions.has(target)) return undefined;
  const context: RecordOf = { type: 'Record', attributes: {} };
  const resource: RecordOf = { type: 'Record', attributes: {} };
  if (action) {
    context.attributes.tainted = { type: 'Boolean' };
    const input = typeOf(action.input, action.input);
    if (input) context.attributes.input = input;
    for (const [column, sqlType] of Object.entries(action.record ?? {})) {
      const type = columnType(sqlType);
      if (type) resource.attributes[column] = { ...type, required: false };
    }
  }
  return {
    '': {
      entityTypes: { Actor: { shape: ACTOR }, Subject: { shape: resource } },
      actions: { [target]: { appliesTo: { principalTypes: ['Actor'], resourceTypes: ['Subject'], context } } },
    },
  };
}

/** Sums of money are strings: Cedar's numbers have 64 bits, and a rule that overflows would be skipped. */
function columnType(sqlType: string): Type<string> | undefined {
  if (/^(integer|smallint)$/.test(sqlType)) return { type: 'Long' };
  if (sqlType === 'boolean') return { type: 'Boolean' };
  return /^(text|varchar|uuid|numeric|bigint|timestamp|date)/.test(sqlType) && !sqlType.endsWith(']') ? text : undefined;
}

/** Undefined for what has no one type: unions, open maps, numbers with a fraction. */
function typeOf(schema: Json, root: Json): Type<string> | undefined {
  const ref = typeof schema.$ref === 'string' ? /^#\/\$defs\/(.+)$/.exec(schema.$ref)?.[1] : undefined;
  if (ref) return typeOf(((root.$defs as Json | undefined)?.[ref] as Json | undefined) ?? {}, root);
  if (schema.type === 'string') return text;
  if (schema.type === 'integer') return { type: 'Long' };
  if (schema.type === 'boolean') return { type: 'Boolean' };
  if (schema.type === 'array') {
    const element = typeOf((schema.items as Json | undefined) ?? {}, root);
    return element && { type: 'Set', element };
  }
  if (schema.type !== 'object' || !schema.properties) return undefined;
  const attributes: RecordOf['attributes'] = {};
  const required = new Set(schema.required as string[] | undefined);
  for (const [name, property] of Object.entries(schema.properties as Record<string, Json>)) {
    const type = typeOf(property, root);
    if (type) attributes[name] = { ...type, required: required.has(name) };
  }
  return { type: 'Record', attributes } as Type<string>;
}

/** A value as its type wants it; undefined where it has none or another. */
export function valueFor(type: Type<string>, value: unknown): Value | undefined {
  if (type.type === 'Boolean') return typeof value === 'boolean' ? value : undefined;
  if (type.type === 'Long') return Number.isSafeInteger(value) ? (value as number) : undefined;
  if (type.type === 'String') {
    if (value instanceof Date) return value.toISOString();
    return typeof value === 'string' || typeof value === 'bigint' ? String(value) : undefined;
  }
  if (type.type === 'Set' && 'element' in type)
    return Array.isArray(value) ? value.flatMap((item) => valueFor(type.element as Type<string>, item) ?? []) : undefined;
  if (type.type !== 'Record' || typeof value !== 'object' || value === null) return undefined;
  const known = Object.entries((type as RecordOf).attributes).flatMap(([name, of]) => {
    const found = valueFor(of, (value as Json)[name]);
    return found === undefined ? [] : [[name, found] as const];
  });
  return Object.fromEntries(known);
}

import { toolSchema } from '@troupe-os/core/surface';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { inputSchemaOf } from './input-schema.ts';

const wire = (schema: object) => {
  const { $schema: _, ...made } = z.toJSONSchema(inputSchemaOf(schema as never), { io: 'input' });
  return made;
};
const takes = (schema: object, value: unknown) => inputSchemaOf(schema as never).safeParse(value).success;
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

test('what a server says of its input is said to whoever fills it in', () => {
  const city = { type: 'string', description: 'Where.', pattern: '^[A-Z]', minLength: 2 };
  const days = { type: 'integer', minimum: 1, maximum: 7, default: 3 };
  expect(wire(object({ city, days }, { required: ['city'] }))).toEqual({
    type: 'object',
    properties: { city, days },
    required: ['city'],
    additionalProperties: false,
  });
});

test('shapes of every kind are taken, and nothing beside them', () => {
  const schema = object(
    {
      kind: { enum: ['rain', 'sun', 3] },
      none: { type: 'null' },
      one: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' }, maxItems: 2 }] },
      either: { type: ['boolean', 'null'] },
      place: { $ref: '#/$defs/place' },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      anything: {},
    },
    { $defs: { place: object({ lat: { type: 'number' } }, { required: ['lat'] }) } },
  );
  expect(
    takes(schema, { kind: 3, none: null, one: [1], either: null, place: { lat: 1 }, labels: { a: 'b' }, anything: [{ a: 1 }] }),
  ).toBe(true);
  for (const wrong of [
    { kind: 'snow' },
    { one: [1, 2, 3] },
    { place: {} },
    { place: { lat: 1, more: 1 } },
    { labels: { a: 1 } },
    { more: 1 },
  ])
    expect(takes(schema, wrong), JSON.stringify(wrong)).toBe(false);
});

test('a pattern from outside is told and never run', () => {
  const schema = object({ text: { type: 'string', pattern: '^(a+)+$' } });
  expect(takes(schema, { text: `${'a'.repeat(50)}!` })).toBe(true);
});

test.each([
  ['no object', { type: 'string' }, 'no object'],
  ['parts that are put together', object({ a: { allOf: [{ type: 'string' }] } }), '"allOf" at input.a'],
  [
    'a schema that holds itself',
    { ...object({ a: { $ref: '#/$defs/a' } }), $defs: { a: object({ a: { $ref: '#/$defs/a' } }) } },
    'holds itself',
  ],
  ['a reference to elsewhere', object({ a: { $ref: 'https://evil.test/schema.json' } }), 'leads nowhere'],
  ['a name that belongs to the call', object({ dryRun: { type: 'boolean' } }), '"dryRun"'],
  ['a required input that is not described', object({}, { required: ['a'] }), 'not described'],
  ['a type that is none', object({ a: { type: 'file' } }), 'none of JSON Schema'],
  ['what takes nothing', object({ a: false }), 'takes nothing'],
])('%s cannot be represented, and that is said', (_, schema, why) => {
  expect(() => inputSchemaOf(schema as never)).toThrow(why);
});

test('the schema of a tool can be offered like any other', () => {
  const input = inputSchemaOf(object({ anything: {} }) as never);
  expect(toolSchema({ effect: 'write', input } as never)).toMatchObject({
    properties: { anything: {}, dryRun: { type: 'boolean' } },
  });
});

import { pgSchema, text } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineAction } from '../define/action.ts';
import { definePlugin, type Plugin } from '../define/plugin.ts';
import type { Entries } from '../names.ts';
import { pageInput } from '../paging.ts';
import { amount, download, moment, secret } from '../wire.ts';
import { createRegistry } from './registry.ts';
import { redact, wireFault } from './schema-rules.ts';

const things = pgSchema('shop').table('things', { id: text().primaryKey() });

const sell = defineAction({
  name: 'shop.sell-thing',
  title: 'Sell',
  description: 'Sells a thing.',
  effect: 'write',
  consequential: true,
  risk: 'low',
  permission: 'shop.thing.sell',
  input: z.strictObject({}),
  output: z.strictObject({}),
  handler: async () => ({}),
});

const shop = (change: Partial<Plugin> = {}): Plugin =>
  definePlugin({
    id: 'shop',
    version: '1.0.0',
    from: import.meta.url,
    permissions: { 'shop.thing.sell': { title: 'Sell things', roles: ['editor'] } },
    tables: { things: { table: things, read: 'shop.thing.sell', hidden: [], unrecorded: [] } },
    actions: [sell],
    ...change,
  });

/** A write whose outcome is told by a read that answers in this form. */
const withOutcome = (output: z.ZodType) => {
  const told = { ...sell, name: 'shop.get-sale', effect: 'read', consequential: undefined, output };
  const asked = { ...sell, outcome: { action: 'shop.get-sale', input: () => ({}) } };
  return shop({ actions: [asked, told] as never });
};
/** A list of things with such entries. */
const listing = (entries: Entries) => {
  const output = z.strictObject({ items: z.array(z.strictObject({ thingId: z.string() })) });
  const list = { ...sell, name: 'shop.list-things', effect: 'read', consequential: undefined, output, entries };
  return shop({ actions: [{ ...list, input: z.strictObject(pageInput) }] as never });
};
const changed = (change: object) => shop({ actions: [{ ...sell, ...change } as typeof sell] });

test.each<[string, () => Plugin[], RegExp]>([
  ['an action without a declared permission', () => [changed({ permission: 'shop.thing.steal' })], /does not declare/],
  ['a loose object', () => [changed({ input: z.object({}) })], /not strict/],
  ['a loose object further in', () => [changed({ output: z.strictObject({ rows: z.array(z.object({})) }) })], /not strict/],
  ['a transform', () => [changed({ input: z.strictObject({ a: z.string().transform(Number) }) })], /no wire form/],
  ['a coercion', () => [changed({ input: z.strictObject({ a: z.coerce.number() }) })], /coercion/],
  ['anything at all', () => [changed({ output: z.strictObject({ a: z.unknown() }) })], /no wire form/],
  ['a bigint that no codec writes down', () => [changed({ output: z.strictObject({ a: z.bigint() }) })], /no wire form/],
  ['a default that has no wire form', () => [changed({ input: z.strictObject({ a: amount.default(0n) }) })], /prefault/],
  [
    'an outcome from what is no read',
    () => [changed({ outcome: { action: 'shop.sell-thing', input: () => ({}) } })],
    /no read here/,
  ],
  ['an outcome of another form', () => [withOutcome(z.strictObject({}))], /two forms/],
  ['an input that is no object', () => [changed({ input: z.string() })], /strict object/],
  [
    'an input with a name that belongs to the call',
    () => [changed({ input: z.strictObject({ dryRun: z.boolean() }) })],
    /reserved/,
  ],
  ['a write that does not say whether it is consequential', () => [changed({ consequential: undefined })], /consequential/],
  ['a read that says it', () => [changed({ effect: 'read' })], /consequential/],
  ['an action of another plugin', () => [changed({ name: 'other.sell-thing' })], /not named/],
  ['an action twice', () => [shop({ actions: [sell, sell] })], /twice/],
  [
    'two actions that are one tool',
    () => [
      shop({
        id: 'shop',
        actions: [sell, { ...sell, name: 'shop.sell-thing2' }, { ...sell, name: 'shop.sell_thing' as 'shop.sell-thing' }],
      }),
    ],
    /not named|same name/,
  ],
  [
    'a table of another schema',
    () => [
      shop({
        tables: {
          x: {
            table: pgSchema('bank').table('x', { id: text().primaryKey() }),
            read: 'shop.thing.sell',
            hidden: [],
            unrecorded: [],
          },
        },
      }),
    ],
    /not in the schema/,
  ],
  [
    'a column that is not there',
    () => [shop({ tables: { things: { table: things, read: 'shop.thing.sell', hidden: ['secret'], unrecorded: [] } } })],
    /no column/,
  ],
  ['a port that nobody provides', () => [shop({ requires: { bank: ['pay'] } })], /no plugin provides/],
  ['a lock by an input that is not there', () => [changed({ resource: { table: 'shop.things', key: 'id' } })], /does not have/],
  [
    'a lock on an unknown table',
    () => [changed({ input: z.strictObject({ id: z.string() }), resource: { table: 'shop.nothing', key: 'id' } })],
    /no plugin declares/,
  ],
  ['entries of what is no read', () => [changed({ entries: { id: 'id', inputs: [], names: [] } })], /no read of low risk/],
  [
    'entries by a column that the list does not have',
    () => [listing({ id: 'thingId', inputs: [], names: ['title'] })],
    /"title"/,
  ],
  ['entries searched by no input', () => [listing({ id: 'thingId', inputs: [], names: [], search: 'q' })], /"q"/],
  ['the name of the kernel', () => [{ ...shop(), id: 'core' }], /no plugin id/],
  ['a plugin twice', () => [shop(), shop()], /taken/],
])('%s does not boot, and the error names the plugin', (_what, plugins, fault) => {
  const details = { plugin: expect.stringMatching(/^\w+$/), fault: expect.stringMatching(fault) };
  expect(() => createRegistry(plugins())).toThrow(expect.objectContaining({ code: 'core.bad_plugin', details }));
});

test('roles hold what is declared for them and for the roles below', () => {
  const { permissionsOf } = createRegistry([shop()]);
  expect(permissionsOf.owner.has('shop.thing.sell')).toBe(true);
  expect(permissionsOf.editor.has('shop.thing.sell')).toBe(true);
  expect(permissionsOf.viewer.has('shop.thing.sell')).toBe(false);
});

test('codecs have a wire form, with all that stands in them', () => {
  expect(
    wireFault(z.strictObject({ price: amount.prefault('0'), at: moment.nullable(), tags: z.array(z.enum(['a'])) })),
  ).toBeUndefined();
});

test('what is recorded of an input holds no secret, wherever it stands, and nothing that the schema does not know', () => {
  const schema = z.strictObject({
    name: z.string(),
    word: secret(),
    keys: z.array(z.strictObject({ key: secret().optional() })),
    either: z.union([secret(), z.int()]),
  });
  const value = { name: 'ann', word: 'W', keys: [{ key: 'K' }, {}], either: 'E', more: 'M' };
  expect(redact(schema, value)).toEqual({
    name: 'ann',
    word: '[redacted]',
    keys: [{ key: '[redacted]' }, {}],
    either: '[redacted]',
  });
});

test('what a preview shows of a download does not say where its bytes lie', () => {
  const shown = redact(download(), { objectKey: 'originals/abc', fileName: 'song.flac', contentType: 'audio/flac', size: 3 });
  expect(shown).toEqual({ fileName: 'song.flac', contentType: 'audio/flac', size: 3 });
});

test('a write is joined to the read that tells its outcome in the same form', () => {
  expect(() => createRegistry([withOutcome(sell.output)])).not.toThrow();
});

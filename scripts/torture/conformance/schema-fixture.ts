// The one tool whose schema a suite reads word by word: it shows that what an author writes into a schema reaches the client.
import { defineAction, definePlugin } from '@troupe-os/core';
import { z } from 'zod';

const address = z
  .strictObject({ street: z.string().optional(), city: z.string().optional() })
  .meta({ id: 'address', $anchor: 'addressDef' });

const input = z
  .strictObject({
    name: z.string().optional(),
    address: address.optional(),
    contactMethod: z.enum(['phone', 'email']).optional(),
    phone: z.string().optional(),
    email: z.string().optional(),
  })
  .refine(({ contactMethod, phone, email }) => (contactMethod === 'phone' ? phone : email) !== undefined, 'How to reach you?')
  .meta({
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['phone'] },
    else: { required: ['email'] },
  });

export const schemaPlugin = definePlugin({
  id: 'json',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'json.fixture.use': { title: 'Use what the conformance suites look for', roles: ['viewer'] } },
  tables: {},
  actions: [
    defineAction({
      name: 'json.schema-2020-12-tool',
      title: 'Take a rich input',
      description: 'Tool with JSON Schema 2020-12 features.',
      effect: 'read',
      risk: 'low',
      permission: 'json.fixture.use',
      input,
      output: z.strictObject({}),
      handler: async () => ({}),
    }),
  ],
});

// What the conformance suites look for, declared as any plugin declares it: tools, resources and prompts under the suites' names.
import {
  type Action,
  coreErrors,
  defineAction,
  defineErrors,
  definePlugin,
  definePolicy,
  definePrompt,
  defineResource,
  download,
} from '@troupe-os/core';
import type { Kernel } from '@troupe-os/core/surface';
import { z } from 'zod';
import { type Made, madeFiles } from './made-files.ts';

const reading = { effect: 'read', risk: 'low', permission: 'test.fixture.use', input: z.strictObject({}) } as const;
const text = z.strictObject({ text: z.string() });

const fixtureErrors = defineErrors('test', {
  intended: { kind: 'conflict', message: 'This tool intentionally returns an error for testing.' },
});

const says = (name: `test.${string}`, said: string) =>
  defineAction({
    ...reading,
    name,
    title: name,
    description: 'Answers a sentence.',
    output: text,
    handler: async () => ({ text: said }),
  });

const answersFile = (name: `test.${string}`, file: Made) =>
  defineAction({
    ...reading,
    name,
    title: name,
    description: `Answers the bytes of ${file.fileName}.`,
    output: download(),
    handler: async () => ({
      objectKey: file.key,
      fileName: file.fileName,
      contentType: file.contentType,
      size: file.bytes.length,
    }),
  });

const staticText = answersFile('test.static-text', madeFiles.text);
const staticBinary = answersFile('test.static-binary', madeFiles.picture);

const fails = defineAction({
  ...reading,
  name: 'test.error-handling',
  title: 'Fail',
  description: 'Always fails.',
  output: text,
  handler: async () => {
    throw fixtureErrors.intended();
  },
});

const toolWithProgress = defineAction({
  ...reading,
  name: 'test.tool-with-progress',
  title: 'Work slowly',
  description: 'Says three times how far it is.',
  output: text,
  async prepare({ progress }) {
    for (const done of [0, 50, 100]) progress(done, 100);
  },
  handler: async () => ({ text: 'Done.' }),
});

/** Waits for a person's yes: where another server would ask back on the stream of the call. */
const needsYes = defineAction({
  name: 'test.streaming-elicitation',
  title: 'Do what needs a yes',
  description: 'Needs the yes of another person.',
  effect: 'write',
  consequential: true,
  risk: 'medium',
  permission: 'test.fixture.use',
  input: z.strictObject({}),
  output: text,
  handler: async () => ({ text: 'Done.' }),
});

const templateData = defineAction({
  ...reading,
  name: 'test.template-data',
  title: 'Data by id',
  description: 'Answers data for an id.',
  input: z.strictObject({ id: z.string().max(20) }),
  output: z.strictObject({ id: z.string(), templateTest: z.boolean(), data: z.string() }),
  async handler(_ctx, { id }) {
    if (id === 'none') throw coreErrors.unreachable();
    return { id, templateTest: true, data: `Data for ID: ${id}` };
  },
});

const prompts = [
  definePrompt({
    name: 'simple-prompt',
    title: 'Simple prompt',
    description: 'A prompt without arguments.',
    arguments: [],
    text: () => 'This is a simple prompt for testing.',
  }),
  definePrompt({
    name: 'prompt-with-arguments',
    title: 'Prompt with arguments',
    description: 'A prompt with two arguments.',
    arguments: [
      { name: 'arg1', description: 'First test argument.', required: true },
      { name: 'arg2', description: 'Second test argument.', required: true },
    ],
    text: ({ arg1 = '', arg2 = '' }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
  }),
  definePrompt({
    name: 'prompt-with-embedded-resource',
    title: 'Prompt with a resource',
    description: 'A prompt that a resource is handed over with.',
    arguments: [{ name: 'resourceUri', description: 'The address of the resource.', required: true }],
    text: () => 'Please process the embedded resource above.',
    attach: ({ resourceUri = '' }) => [resourceUri],
  }),
  definePrompt({
    name: 'prompt-with-image',
    title: 'Prompt with a picture',
    description: 'A prompt that a picture is handed over with.',
    arguments: [],
    text: () => 'Please analyze the image above.',
    attach: () => ['test://static-binary'],
  }),
];

const resource = (name: string, uriTemplate: string, action: Action) =>
  defineResource({ name, title: name, uriTemplate, action });

export const fixturesPlugin = definePlugin({
  id: 'test',
  version: '1.0.0',
  from: import.meta.url,
  permissions: { 'test.fixture.use': { title: 'Use what the conformance suites look for', roles: ['viewer'] } },
  tables: {},
  policies: [definePolicy({ name: 'test.needs-yes', on: [needsYes.name], decide: () => 'approve' })],
  errors: [fixtureErrors],
  actions: [
    says('test.simple-text', 'This is a simple text response for testing.'),
    says('test.logging-tool', 'It keeps its log to itself.'),
    answersFile('test.image-content', madeFiles.picture),
    answersFile('test.audio-content', madeFiles.sound),
    answersFile('test.embedded-resource', madeFiles.text),
    fails,
    toolWithProgress,
    needsYes,
    staticText,
    staticBinary,
    templateData,
  ],
  resources: [
    resource('static-text', 'test://static-text', staticText as never),
    resource('example', 'test://example-resource', staticText as never),
    resource('static-binary', 'test://static-binary', staticBinary as never),
    resource('data', 'test://template/{id}/data', templateData as never),
  ],
  prompts,
});

/** Puts the bytes where the fixtures look for them. */
export async function storeFixtures({ objects }: Pick<Kernel, 'objects'>): Promise<void> {
  for (const { key, bytes, contentType } of Object.values(madeFiles)) await objects.put(key, bytes, { contentType });
}

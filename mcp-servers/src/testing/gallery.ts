// A plugin for the tests of this surface: bytes of every kind, as answers, as resources and with prompts, and slow work.
import { type Action, defineAction, definePlugin, definePrompt, defineResource, download } from '@troupe-os/core';
import type { Kernel } from '@troupe-os/core/surface';
import { z } from 'zod';

const reading = { effect: 'read', risk: 'low', permission: 'gallery.wall.read', input: z.strictObject({}) } as const;

/** What hangs here, by its name. Of some it is said that they are larger than they are, and the stolen one is not there. */
export const hung = {
  picture: { contentType: 'image/png', bytes: Buffer.from('a picture'), size: 9 },
  sound: { contentType: 'audio/mpeg', bytes: Buffer.from('a sound'), size: 7 },
  words: { contentType: 'text/plain; charset=utf-8', bytes: Buffer.from('Größe'), size: 7 },
  drawing: { contentType: 'image/svg+xml', bytes: Buffer.from('<svg/>'), size: 6 },
  poster: { contentType: 'image/png', bytes: Buffer.from('a poster'), size: 1_000_001 },
  stolen: { contentType: 'image/png', bytes: undefined, size: 9 },
  fresco: { contentType: 'image/png', bytes: Buffer.from('a fresco'), size: 4_000_001 },
} as const;

const NAMES = Object.keys(hung) as (keyof typeof hung)[];

const opened = (name: keyof typeof hung) => ({
  objectKey: `gallery/${name}`,
  fileName: name,
  contentType: hung[name].contentType,
  size: hung[name].size,
});

const show = defineAction({
  ...reading,
  name: 'gallery.show',
  title: 'Show what hangs here',
  description: 'Answers the bytes of it.',
  http: 'GET /gallery/{name}',
  input: z.strictObject({ name: z.enum(NAMES) }),
  output: download(),
  handler: async (_ctx, { name }) => opened(name),
});

const guide = defineAction({
  ...reading,
  name: 'gallery.guide',
  title: 'The guide',
  description: 'Answers what hangs here.',
  output: z.strictObject({ names: z.array(z.string()) }),
  handler: async () => ({ names: NAMES }),
});

const safe = defineAction({
  ...reading,
  name: 'gallery.open-safe',
  title: 'Open the safe',
  description: 'Answers what is in the safe.',
  permission: 'gallery.safe.open',
  input: z.strictObject({ drawer: z.enum(['top', 'bottom']).optional() }),
  output: z.strictObject({ gold: z.int() }),
  handler: async () => ({ gold: 1 }),
});

const hang = defineAction({
  name: 'gallery.hang',
  title: 'Hang pictures',
  description: 'Hangs pictures, one after another.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: 'gallery.wall.read',
  input: z.strictObject({ count: z.int() }),
  output: z.strictObject({ count: z.int() }),
  async prepare({ progress }, { count }) {
    for (let done = 0; done <= count; done++) progress(done, count);
    progress(count, count);
  },
  handler: async (_ctx, { count }) => ({ count }),
});

const resource = (name: string, uriTemplate: string, action: Action) =>
  defineResource({ name, title: name, uriTemplate, action });

export const galleryPlugin = definePlugin({
  id: 'gallery',
  version: '1.0.0',
  from: import.meta.url,
  permissions: {
    'gallery.wall.read': { title: 'Look', roles: ['viewer'] },
    'gallery.safe.open': { title: 'Open the safe', roles: ['admin'] },
  },
  tables: {},
  actions: [show, guide, safe, hang],
  resources: [
    resource('guide', 'gallery://guide', guide as never),
    resource('safe', 'gallery://safe', safe as never),
    resource('drawer', 'gallery://safe/{drawer}', safe as never),
    resource('exhibit', 'exhibit://{name}', show as never),
  ],
  prompts: [
    definePrompt({
      name: 'praise',
      title: 'Praise',
      description: 'Asks for praise.',
      arguments: [{ name: 'name', description: 'What is praised.', required: true }],
      text: ({ name = '' }) => `Praise the ${name}.`,
      attach: ({ name = '' }) => [`exhibit://${name}`, 'gallery://guide', 'gallery://safe', 'nothing://here'],
    }),
  ],
});

/** Hangs it all up. */
export async function hangUp({ objects }: Pick<Kernel, 'objects'>): Promise<void> {
  for (const [name, { bytes, contentType }] of Object.entries(hung))
    if (bytes) await objects.put(`gallery/${name}`, bytes, { contentType: contentType.split(';', 1)[0] ?? '' });
}

// A plugin for the tests of this surface: what notes lack, and more actions than one list may hold.
import { type Action, defineAction, definePlugin, definePrompt, defineResource, download, file } from '@troupe-os/core';
import { z } from 'zod';

const reading = { effect: 'read', risk: 'low', permission: 'shelf.book.read' } as const;
const writing = { effect: 'write', consequential: false, risk: 'low', permission: 'shelf.book.write' } as const;

const getBook = defineAction({
  ...reading,
  name: 'shelf.get-book',
  title: 'Read a book',
  description: 'Answers a book by its id.',
  input: z.strictObject({ id: z.string().max(20) }),
  output: z.strictObject({ id: z.string(), pages: z.int() }),
  handler: async (_ctx, { id }) => ({ id, pages: 7 }),
});

const fetchBook = defineAction({
  ...reading,
  name: 'shelf.fetch-book',
  title: 'Download a book',
  description: "Answers a book's bytes.",
  http: 'GET /books/{id}/file',
  input: z.strictObject({ id: z.string(), side: z.enum(['front', 'back']).optional() }),
  output: download(),
  handler: async (_ctx, { id }) => ({
    objectKey: 'OBJECT-KEY-CANARY',
    fileName: `${id}.pdf`,
    contentType: 'application/pdf',
    size: 3,
  }),
});

const bindBook = defineAction({
  ...writing,
  name: 'shelf.bind-book',
  title: 'Bind a book',
  description: 'Takes the pages of a book as a file.',
  input: z.strictObject({ pages: file(), spare: z.array(file()).optional() }),
  output: z.strictObject({ name: z.string() }),
  async prepare(tools, { pages }) {
    const opened = await tools.openFile(pages);
    await opened.dispose();
    return opened.name;
  },
  handler: async (_ctx, _input, name) => ({ name }),
});

/** Thirty actions that nobody needs often. */
const dustBooks: Action[] = Array.from({ length: 30 }, (_, place) =>
  defineAction({
    name: `shelf.dust-board-b${place + 10}`,
    title: `Dust board ${place + 10}`,
    description: 'Dusts one board of the shelf.',
    effect: 'write',
    consequential: true,
    risk: 'medium',
    permission: 'shelf.book.write',
    input: z.strictObject({}),
    output: z.array(z.string()),
    handler: async () => ['dusted'],
  }),
) as never; // each is an action; which one does not matter here

const recommend = definePrompt({
  name: 'recommend-book',
  title: 'Recommend a book',
  description: 'Asks for a recommendation.',
  arguments: [{ name: 'mood', description: 'The mood.', required: true }],
  text: ({ mood = '' }) => `Recommend a book for a ${mood} evening.`,
});

export const shelfPlugin = definePlugin({
  id: 'shelf',
  version: '1.0.0',
  from: import.meta.url,
  permissions: {
    'shelf.book.read': { title: 'Read books', roles: ['viewer'] },
    'shelf.book.write': { title: 'Bind and dust books', roles: ['admin'] },
  },
  tables: {},
  actions: [getBook, fetchBook, bindBook, ...dustBooks],
  resources: [defineResource({ name: 'book', title: 'A book', uriTemplate: 'book://{id}', action: getBook })],
  prompts: [recommend],
});

import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { defineAction, definePlugin, download, file } from '@troupe-os/core';
import { z } from 'zod';

/** Takes a file, and says what it has read; gives one. */
export const filesPlugin = definePlugin({
  id: 'files',
  version: '1.0.0',
  from: import.meta.url,
  permissions: {
    'files.file.keep': { title: 'Keep files', roles: ['editor'] },
    'files.file.read': { title: 'Read files', roles: ['viewer'] },
  },
  tables: {},
  actions: [
    defineAction({
      name: 'files.give-file',
      title: 'Give a file',
      description: 'Answers with the bytes of an object.',
      effect: 'read',
      risk: 'low',
      permission: 'files.file.read',
      http: 'GET /files/{key}',
      input: z.strictObject({ key: z.string(), size: z.int(), contentType: z.string() }),
      output: download(),
      handler: async (_, { key, size, contentType }) => ({ objectKey: key, fileName: 'given.png', contentType, size }),
    }),
    defineAction({
      name: 'files.keep-file',
      title: 'Keep a file',
      description: 'Reads a file.',
      effect: 'write',
      consequential: false,
      risk: 'low',
      permission: 'files.file.keep',
      input: z.strictObject({ file: file(), title: z.string().default('') }),
      output: z.strictObject({ said: z.string() }),
      async prepare(tools, input) {
        const opened = await tools.openFile(input.file);
        const read = await text(createReadStream(opened.path));
        await opened.dispose();
        return `${opened.name}, ${read.length} bytes`;
      },
      handler: async (_, __, said: string) => ({ said }),
    }),
  ],
});

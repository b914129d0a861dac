import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { type Context, defineJob } from '@troupe-os/core';
import { z } from 'zod';
import { assetsErrors } from './errors.ts';
import { failFile, filesFrom, finishFile, waitingFile } from './imports.ts';
import { type Inspected, inspectFile } from './inspect.ts';

/** One file of an import: read, measured, stored, and then written as a work in one transaction. */
export const importFile = defineJob({
  name: 'assets.import-file',
  untrustedInput: ['assets.assets', 'assets.import_files'], // what files say of themselves
  input: z.strictObject({ fileId: z.string() }),
  runsAs: 'caller',
  steps: [
    {
      name: 'inspect',
      async prepare(tools, { fileId }): Promise<Inspected | undefined> {
        const waiting = await waitingFile(tools.db, fileId);
        if (!waiting) return undefined;
        const { file, of } = waiting;
        const opened = await tools.openFile(file.reference);
        try {
          await access(opened.path, constants.R_OK).catch((cause: unknown) => {
            throw assetsErrors.unreadable_file(undefined, cause);
          });
          return await inspectFile(tools, { path: opened.path, name: opened.name, title: of.title ?? undefined, tags: of.tags });
        } finally {
          await opened.dispose();
        }
      },
      async handler(ctx: Context, { fileId }, inspected: Inspected | undefined) {
        if (inspected) await finishFile(ctx, fileId, inspected);
      },
    },
  ],
  onDead: (ctx, { fileId }, error) => failFile(ctx, fileId, error),
});

/** Jobs are enqueued so many at a time: a transaction that enqueued ten thousand would hold everybody up. */
const ENQUEUED_AT_ONCE = 200;

const importPlace = z.strictObject({ importId: z.string(), from: z.int().nonnegative() });

/** Enqueues the files of an import from one place on, and then itself for the rest. */
export const enqueueFiles = defineJob({
  name: 'assets.enqueue-files',
  input: importPlace,
  runsAs: 'caller',
  steps: [
    {
      name: 'enqueue',
      handler: (ctx: Context, place) => enqueueFrom(ctx, place),
    },
  ],
});

export async function enqueueFrom(ctx: Context, { importId, from }: z.output<typeof importPlace>): Promise<void> {
  const files = await filesFrom(ctx, importId, { from, many: ENQUEUED_AT_ONCE });
  for (const fileId of files) await ctx.enqueue(importFile, { fileId });
  if (files.length === ENQUEUED_AT_ONCE) await ctx.enqueue(enqueueFiles, { importId, from: from + ENQUEUED_AT_ONCE });
}

import { isAbsolute } from 'node:path';
import { coreErrors, defineAction, file, holds, type Tools } from '@troupe-os/core';
import { z } from 'zod';
import { assetsErrors } from '../errors.ts';
import { type FileToImport, IMPORT, openImport } from '../imports.ts';
import { enqueueFrom } from '../jobs.ts';
import { localFiles, MAX_FILES } from '../walk-folder.ts';
import { brandId, tags, title } from '../wire.ts';

const UPLOADS_AT_ONCE = 8;

export interface Gathered {
  readonly source: 'uploaded' | 'imported';
  readonly files: readonly FileToImport[];
}

export const importWorks = defineAction({
  name: 'assets.import',
  title: 'Import works',
  description:
    'Brings pictures, songs and documents in: one file or up to 500. Each is read, measured and made findable in the background; ask assets.get-import how far it is.',
  effect: 'write',
  consequential: false,
  risk: 'low',
  permission: IMPORT,
  untrustedInput: ['assets.import_files'], // names of files
  input: z
    .strictObject({
      file: file().optional(),
      files: z.array(file()).min(1).max(500).optional(),
      title: title.optional().describe('Of a single file; else the file says it, or its name.'),
      brandId,
      collection: z.string().max(64).optional().describe('The id of a collection that the works are put into.'),
      tags: tags.default([]),
    })
    .refine(({ file, files }) => (file === undefined) !== (files === undefined), 'Give either "file" or "files".'),
  output: z.strictObject({ importId: z.string(), total: z.int() }),
  timeoutMs: 120_000,
  async prepare(tools, { file, files, brandId }): Promise<Gathered> {
    if (!holds(tools.actor.rights, IMPORT, brandId)) throw assetsErrors.unknown_brand({ brandId });
    const references = files ?? (file === undefined ? [] : [file]);
    const isLocal = references.some((reference) => isAbsolute(reference));
    const gathered = isLocal ? await gatherPaths(tools, references) : await gatherUploads(tools, references);
    return { source: isLocal ? 'imported' : 'uploaded', files: gathered };
  },
  async handler(ctx, { brandId, collection, title, tags }, { source, files }) {
    if (!holds(ctx.actor.rights, IMPORT, brandId)) throw assetsErrors.unknown_brand({ brandId });
    await ctx.assertBrand(brandId);
    const opened = await openImport(ctx, { brandId, title, tags, collectionId: collection, source, files });
    if (title !== undefined && opened.total > 1) throw assetsErrors.title_for_one({ files: opened.total });
    await enqueueFrom(ctx, { importId: opened.importId, from: 0 });
    return opened;
  },
});

async function gatherPaths(tools: Tools, paths: readonly string[]): Promise<FileToImport[]> {
  if (tools.actor.kind !== 'operator') throw coreErrors.path_not_allowed();
  const found: FileToImport[] = [];
  for (const path of paths) {
    for (const { path: reference, name } of await localFiles(path, tools.signal)) found.push({ name, reference });
    if (found.length > MAX_FILES) throw assetsErrors.too_many_files({ mostFiles: MAX_FILES });
    tools.progress(found.length);
  }
  return found;
}

/** An upload that is not there is told now, and not by a job in the background. */
async function gatherUploads(tools: Tools, uploads: readonly string[]): Promise<FileToImport[]> {
  const found: FileToImport[] = [];
  for (let from = 0; from < uploads.length; from += UPLOADS_AT_ONCE) {
    const some = uploads.slice(from, from + UPLOADS_AT_ONCE);
    found.push(...(await Promise.all(some.map((reference) => nameOf(tools, reference)))));
    tools.progress(found.length, uploads.length);
  }
  return found;
}

async function nameOf(tools: Tools, reference: string): Promise<FileToImport> {
  const opened = await tools.openFile(reference);
  await opened.dispose();
  return { name: opened.name, reference };
}

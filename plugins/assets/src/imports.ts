// Imports: which files came in together, and what became of each.
import { type Actor, type Context, holds, keyset } from '@troupe-os/core';
import { and, asc, count, eq, gte, lt, sql } from 'drizzle-orm';
import { heldCollection, putInCollection } from './collections.ts';
import { assetsErrors } from './errors.ts';
import type { Inspected } from './inspect.ts';
import { assets, importFiles, imports } from './schema.ts';
import { isVisibleTo } from './visibility.ts';
import { addAsset } from './works.ts';

export const IMPORT = 'assets.asset.import';

export interface FileToImport {
  readonly name: string;
  /** An upload's id, or a path of the local operator. */
  readonly reference: string;
}

export interface NewImport {
  readonly brandId: string;
  readonly title?: string | undefined;
  readonly tags: readonly string[];
  readonly collectionId?: string | undefined;
  readonly source: 'uploaded' | 'imported';
  readonly files: readonly FileToImport[];
}

const ROWS_AT_ONCE = 500;

/** Writes down what is to be imported; each file once, however often it was named. Errors: assets.unknown_collection. */
export async function openImport(
  ctx: Context,
  { files, tags, title, ...rest }: NewImport,
): Promise<{ importId: string; total: number }> {
  if (rest.collectionId !== undefined) await heldCollection(ctx, rest.collectionId, 'assets.asset.write');
  const once = [...new Map(files.map((file) => [file.reference, file])).values()];
  const importId = crypto.randomUUID();
  await ctx.db.insert(imports).values({
    id: importId,
    actorId: ctx.actor.id,
    ...rest,
    collectionId: rest.collectionId ?? null,
    title: title ?? null,
    tags: [...tags],
    total: once.length,
    createdAt: ctx.now,
  });
  const rows = once.map((file, place) => ({ id: crypto.randomUUID(), importId, brandId: rest.brandId, place, ...file }));
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await ctx.db.insert(importFiles).values(rows.slice(from, from + ROWS_AT_ONCE));
  }
  return { importId, total: once.length };
}

/** The ids of an import's files from one place on. */
export async function filesFrom(
  ctx: Context,
  importId: string,
  { from, many }: { from: number; many: number },
): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: importFiles.id })
    .from(importFiles)
    .where(and(eq(importFiles.importId, importId), gte(importFiles.place, from), lt(importFiles.place, from + many)))
    .orderBy(asc(importFiles.place));
  return rows.map(({ id }) => id);
}

/** A file that still waits, with what its import says of it; undefined: it is done, or there is none. */
export async function waitingFile(db: Context['db'], fileId: string) {
  const [found] = await db
    .select({ file: importFiles, of: imports })
    .from(importFiles)
    .innerJoin(imports, eq(imports.id, importFiles.importId))
    .where(and(eq(importFiles.id, fileId), eq(importFiles.state, 'waiting')));
  return found;
}

/** Makes a work of an inspected file and says so in its import. Errors: assets.unknown_brand where the right to import is gone. */
export async function finishFile(ctx: Context, fileId: string, inspected: Inspected): Promise<void> {
  const waiting = await waitingFile(ctx.db, fileId);
  if (!waiting) return;
  const { brandId, source, collectionId } = waiting.of;
  if (!holds(ctx.actor.rights, IMPORT, brandId)) throw assetsErrors.unknown_brand({ brandId });
  const { assetId, isNew } = await addAsset(ctx, inspected, { brandId, source });
  if (collectionId !== null) await putInCollection(ctx, collectionId, [assetId]);
  await ctx.db
    .update(importFiles)
    .set({ state: isNew ? 'done' : 'duplicate', assetId, finishedAt: ctx.now })
    .where(eq(importFiles.id, fileId));
}

/** Says in its import why a file did not become a work. */
export async function failFile(
  ctx: Context,
  fileId: string,
  { code, message }: { code: string; message: string },
): Promise<void> {
  await ctx.db
    .update(importFiles)
    .set({ state: 'failed', errorCode: code, errorMessage: message, finishedAt: ctx.now })
    .where(and(eq(importFiles.id, fileId), eq(importFiles.state, 'waiting')));
}

const inOrder = keyset('assets.get-import', { ascending: [importFiles.place] });

/** How far an import is, and its files in their order. Errors: assets.unknown_import, core.bad_cursor. */
export async function importProgress(
  ctx: Context,
  importId: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
) {
  const [found] = await ctx.db.select().from(imports).where(eq(imports.id, importId));
  if (!found || !mayFollow(ctx.actor, found)) throw assetsErrors.unknown_import({ importId });
  const rows = await ctx.db
    .select({ file: importFiles, asset: shownColumns })
    .from(importFiles)
    .leftJoin(assets, eq(assets.id, importFiles.assetId))
    .where(and(eq(importFiles.importId, importId), inOrder.after(cursor)))
    .orderBy(...inOrder.order)
    .limit(limit + 1);
  const { items: shown, ...rest } = inOrder.page(rows, limit, ({ file }) => [file.place]);
  const items = shown.map(({ file: { name, state, errorCode, errorMessage }, asset }) => ({
    name,
    state,
    // the work that it is a duplicate of may be one that this person does not see
    ...(asset && isVisibleTo(ctx.actor, asset) && { assetId: asset.id, title: asset.title }),
    ...(errorCode && errorMessage && { error: { code: errorCode, message: errorMessage } }),
  }));
  return {
    importId,
    brandId: found.brandId,
    startedAt: found.createdAt,
    total: found.total,
    ...(await countStates(ctx, importId)),
    items,
    ...rest,
  };
}

const shownColumns = {
  id: assets.id,
  title: assets.title,
  status: assets.status,
  brandId: assets.brandId,
  ownerKind: assets.ownerKind,
  ownerId: assets.ownerId,
};

function mayFollow(actor: Actor, { actorId, brandId }: { actorId: string; brandId: string }): boolean {
  return actorId === actor.id || holds(actor.rights, IMPORT, brandId);
}

async function countStates(ctx: Context, importId: string) {
  const having = (state: string) => count(sql`case when ${importFiles.state} = ${state} then 1 end`);
  const [counted] = await ctx.db
    .select({ done: having('done'), duplicates: having('duplicate'), failed: having('failed'), waiting: having('waiting') })
    .from(importFiles)
    .where(eq(importFiles.importId, importId));
  return counted ?? { done: 0, duplicates: 0, failed: 0, waiting: 0 };
}

// Drafts: words that somebody proposes for a work. They change nothing of it until a person takes them.
import { createHash } from 'node:crypto';
import { type Context, coreErrors, holds } from '@troupe-os/core';
import type { Embedding } from '@troupe-os/core/search';
import { and, count, eq, inArray, sql } from 'drizzle-orm';
import type { DraftKind } from './contract.ts';
import { assetsErrors } from './errors.ts';
import { type AssetRow, assets, drafts } from './schema.ts';
import { searchText } from './search-text.ts';
import { READ_ALL, reaches, visibleTo } from './visibility.ts';
import { heldAsset, storeEmbedding } from './works.ts';

export const WRITE_DRAFTS = 'assets.draft.write';
export type Draft = typeof drafts.$inferSelect;

/** More wait for nobody. */
const MOST_OPEN = 20;

export interface NewDraft {
  readonly assetId: string;
  readonly kind: DraftKind;
  readonly text: string;
  readonly reason: string;
  readonly sources: readonly string[];
}

/** The words of a work at this moment: a draft is for these. */
const digestOf = ({ title, description, tags, type }: AssetRow): string =>
  createHash('sha256')
    .update(JSON.stringify([title, description, tags, type]))
    .digest('hex');

/** The words of the work were changed since it was written. */
export const isOutdated = (draft: Draft, asset: AssetRow): boolean =>
  draft.state === 'open' && draft.writtenFor !== digestOf(asset);

/** Of one that was erased nothing is left to be decided. */
const isSaid = sql`${drafts.text} <> 'erased-' || ${drafts.id}`;

/** Drafts of works that whoever asks works on. */
export const readableDrafts = ({ actor }: Context) =>
  and(
    isSaid,
    inArray(
      drafts.assetId,
      sql`(select ${assets.id} from ${assets} where ${reaches(actor.rights.get(READ_ALL), assets.brandId) ?? sql`true`})`,
    ),
  );

/** The work is locked, so nobody counts beside this. Errors: assets.too_many_drafts. */
async function assertRoom(ctx: Context, assetId: string): Promise<void> {
  const waiting = and(eq(drafts.assetId, assetId), eq(drafts.state, 'open'), isSaid);
  const [open] = await ctx.db.select({ total: count() }).from(drafts).where(waiting);
  if ((open?.total ?? 0) >= MOST_OPEN) throw assetsErrors.too_many_drafts();
}

/**
 * Keeps a draft; the same words for the same work are kept once while they wait.
 * Errors: assets.unknown_asset, assets.unknown_source, assets.too_many_drafts.
 */
export async function saveDraft(
  ctx: Context,
  { assetId, sources, ...draft }: NewDraft,
): Promise<{ draft: Draft; isNew: boolean }> {
  const asset = await heldAsset(ctx, assetId, WRITE_DRAFTS);
  if (!holds(ctx.actor.rights, READ_ALL, asset.brandId)) throw assetsErrors.unknown_asset({ id: assetId });
  await assertSeen(ctx, sources);
  const isSame = and(
    eq(drafts.assetId, assetId),
    eq(drafts.state, 'open'),
    eq(drafts.kind, draft.kind),
    eq(drafts.text, draft.text),
  );
  const [same] = await ctx.db.select().from(drafts).where(isSame);
  if (same) return { draft: same, isNew: false };
  await assertRoom(ctx, assetId);
  // what an app writes as its person may be a model's, which has read who knows what
  if (isApp(ctx)) ctx.markUntrusted('assets.drafts');
  const [added] = await ctx.db
    .insert(drafts)
    .values({
      id: crypto.randomUUID(),
      assetId,
      ...draft,
      sources: [...new Set(sources)],
      writtenBy: ctx.actor.id,
      personId: ctx.onBehalfOf?.id ?? ctx.actor.id,
      writtenFor: digestOf(asset),
      state: 'open',
      createdAt: ctx.now,
    })
    .returning();
  if (!added) throw coreErrors.busy();
  return { draft: added, isNew: true };
}

async function assertSeen(ctx: Context, sources: readonly string[]): Promise<void> {
  if (sources.length === 0) return;
  const seen = await ctx.db
    .select({ id: assets.id })
    .from(assets)
    .where(and(inArray(assets.id, [...sources]), visibleTo(ctx.actor)));
  const unknown = sources.filter((id) => !seen.some((one) => one.id === id));
  if (unknown.length > 0) throw assetsErrors.unknown_source({ sources: unknown });
}

export interface DraftOfWork {
  readonly draft: Draft;
  readonly asset: AssetRow;
}

/** A draft, with its work. Errors: assets.unknown_draft, for those of works on which one does not work too. */
export async function readDraft(ctx: Context, draftId: string): Promise<DraftOfWork> {
  const [draft] = await ctx.db
    .select()
    .from(drafts)
    .where(and(eq(drafts.id, draftId), readableDrafts(ctx)));
  if (!draft) throw assetsErrors.unknown_draft();
  const [asset] = await ctx.db.select().from(assets).where(eq(assets.id, draft.assetId));
  if (!asset) throw assetsErrors.unknown_draft();
  return { draft, asset };
}

/** Each with its work: those are read by themselves, so that a draft taints by its own row and its work's, not by those of others. */
export async function worksOf(ctx: Context, rows: readonly Draft[]): Promise<DraftOfWork[]> {
  const ids = [...new Set(rows.map(({ assetId }) => assetId))];
  const works = ids.length === 0 ? [] : await ctx.db.select().from(assets).where(inArray(assets.id, ids));
  return rows.flatMap((draft) => {
    const asset = works.find(({ id }) => id === draft.assetId);
    return asset ? [{ draft, asset }] : [];
  });
}

const isApp = ({ credential }: Context): boolean => credential.startsWith('app:');

/** What decides on a draft: an editor of the work, with work and draft locked in this order. */
async function decidable(ctx: Context, draftId: string): Promise<DraftOfWork> {
  if (isApp(ctx)) throw assetsErrors.draft_for_people();
  const { draft: seen } = await readDraft(ctx, draftId);
  await ctx.db.select({ id: assets.id }).from(assets).where(eq(assets.id, seen.assetId)).for('update');
  await ctx.db.select({ id: drafts.id }).from(drafts).where(eq(drafts.id, draftId)).for('update');
  await heldAsset(ctx, seen.assetId, 'assets.asset.write');
  return readDraft(ctx, draftId);
}

/** What a work is found by once it has this description. */
export interface Described {
  readonly text: string;
  readonly embedding: Embedding;
}

/**
 * Takes a draft: a description becomes the work's. Answers the description in whose place it stands.
 * Errors: assets.draft_for_people, assets.unknown_draft, assets.draft_decided, assets.draft_outdated, core.busy.
 */
export async function acceptDraft(ctx: Context, draftId: string, prepared: Described | undefined): Promise<string | undefined> {
  const { draft, asset } = await decidable(ctx, draftId);
  if (draft.state !== 'open') throw assetsErrors.draft_decided();
  if (isOutdated(draft, asset)) throw assetsErrors.draft_outdated();
  const isDescription = draft.kind === 'description';
  if (isDescription) await describe(ctx, draft, asset, draft.text, prepared);
  const replaced = isDescription ? asset.description : null;
  if (isDescription) ctx.copiesWords({ from: 'assets.assets', keys: [asset.id], into: ['assets.drafts'] });
  await decide(ctx, draftId, { state: 'accepted', replaced });
  return replaced ?? undefined;
}

/** Errors: assets.unknown_draft, assets.draft_decided. */
export async function rejectDraft(ctx: Context, draftId: string, note: string | undefined): Promise<void> {
  const { draft } = await decidable(ctx, draftId);
  if (draft.state !== 'open') throw assetsErrors.draft_decided();
  await decide(ctx, draftId, { state: 'rejected', note: note ?? null });
}

/**
 * Takes a decision back: the draft waits again, and the work has the description that it had, unless that was changed since.
 * Errors: assets.unknown_draft, assets.draft_open, assets.draft_exists, assets.too_many_drafts, assets.draft_outdated, core.busy.
 */
export async function reopenDraft(ctx: Context, draftId: string, prepared: Described | undefined): Promise<void> {
  const { draft, asset } = await decidable(ctx, draftId);
  if (draft.state === 'open') throw assetsErrors.draft_open();
  await assertRoom(ctx, asset.id);
  if (draft.replaced !== null) {
    if (asset.description !== draft.text) throw assetsErrors.draft_outdated();
    await describe(ctx, draft, asset, draft.replaced, prepared);
  }
  await ctx.db
    .update(drafts)
    .set({ state: 'open', replaced: null, note: null, decidedBy: null, decidedAt: null })
    .where(eq(drafts.id, draftId));
}

async function decide(ctx: Context, draftId: string, to: Partial<Draft>): Promise<void> {
  await ctx.db
    .update(drafts)
    .set({ ...to, decidedBy: ctx.actor.id, decidedAt: ctx.now })
    .where(eq(drafts.id, draftId));
}

async function describe(ctx: Context, draft: Draft, asset: AssetRow, description: string, prepared: Described | undefined) {
  const text = searchText({ ...asset, description });
  // somebody changed the work while its words were being measured
  if (prepared?.text !== text) throw coreErrors.busy();
  ctx.copiesWords({ from: 'assets.drafts', keys: [draft.id], into: ['assets.assets'] });
  await ctx.db.update(assets).set({ description, searchText: text, updatedAt: ctx.now }).where(eq(assets.id, asset.id));
  await storeEmbedding(ctx, asset.id, prepared.embedding);
}

// What actions say of drafts.
import { moment, type Tools } from '@troupe-os/core';
import { embedText } from '@troupe-os/core/search';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { DRAFT_KINDS, DRAFT_STATES } from './contract.ts';
import { type Described, type Draft, type DraftOfWork, isOutdated } from './drafts.ts';
import { assets, drafts } from './schema.ts';
import { searchText } from './search-text.ts';
import { assetId } from './wire.ts';

/** The work of the draft that the input names: rules on works hold for what becomes of it. */
export const workOfDraft = {
  table: 'assets.assets',
  key: 'draftId',
  through: { table: 'assets.drafts', column: 'assetId' },
} as const;

export const draftId = z.uuid().describe('The id of a draft.');
export const draftKind = z
  .enum(DRAFT_KINDS)
  .describe('"description": of the work, for its page. "campaign": to be used elsewhere; it changes nothing of the work.');
export const draftText = z.string().trim().min(1).max(5_000);

export const draftRecord = z.strictObject({
  draftId,
  assetId,
  kind: draftKind,
  text: z.string(),
  reason: z.string().describe('What it is for.'),
  sources: z.array(z.string()).describe('Ids of the works that were read for it.'),
  writtenBy: z.string(),
  personId: z.string().describe('For whom it was written.'),
  state: z.enum(DRAFT_STATES),
  decidedBy: z.string().optional(),
  note: z.string().optional().describe('Why it was rejected.'),
  createdAt: moment,
  decidedAt: moment.optional(),
});

/** A draft beside what its work says. */
export const draftBesideWork = z.strictObject({
  ...draftRecord.shape,
  title: z.string().describe('Of the work.'),
  description: z.string().describe('Of the work, as it is.'),
  isOutdated: z.boolean().describe('The words of the work were changed since: it can be rejected, not accepted.'),
});

export function besideWork({ draft, asset }: DraftOfWork) {
  const { title, description } = asset;
  return { ...toDraft(draft), title, description, isOutdated: isOutdated(draft, asset) };
}

export function toDraft({ id, writtenFor: _, replaced: __, decidedBy, note, decidedAt, ...draft }: Draft) {
  return {
    draftId: id,
    ...draft,
    ...(decidedBy === null ? {} : { decidedBy }),
    ...(note === null ? {} : { note }),
    ...(decidedAt === null ? {} : { decidedAt }),
  };
}

/** What the work of a draft is found by with another description; undefined: there is nothing to measure. */
export async function described(
  tools: Pick<Tools, 'db' | 'embeddings'>,
  id: string,
  descriptionOf: (draft: Draft) => string | null,
): Promise<Described | undefined> {
  const [found] = await tools.db
    .select({ draft: drafts, asset: assets })
    .from(drafts)
    .innerJoin(assets, eq(assets.id, drafts.assetId))
    .where(eq(drafts.id, id));
  const description = found && descriptionOf(found.draft);
  if (!found || description === null || description === undefined) return undefined;
  const text = searchText({ ...found.asset, description });
  return { text, embedding: await embedText(tools, text) };
}

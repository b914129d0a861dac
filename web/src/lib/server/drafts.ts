// Drafts as pages show them, and what is decided on them there.
import type { RequestEvent } from '@sveltejs/kit';
import { diffWords } from 'diff';
import type { Api } from './api.ts';
import { done } from './done.ts';
import { textOf } from './form-text.ts';

type Draft = Awaited<ReturnType<Api['assets']['listDrafts']>>['items'][number];

/** Words that both texts have, or one of them: what a draft would change. */
export interface Run {
  readonly text: string;
  readonly kind: 'same' | 'added' | 'removed';
}

/** A draft with what it would change of its work; one for elsewhere changes nothing of it. */
export const shownDraft = (draft: Draft) => ({
  ...draft,
  runs: draft.kind === 'description' && draft.state === 'open' ? runsOf(draft.description, draft.text) : undefined,
});

/** Texts that are made to be compared for seconds (5,000 points against as many commas) are shown one after the other. */
const MOST_MS = 20;

export function runsOf(now: string, proposed: string): Run[] {
  const parts = diffWords(now, proposed, { timeout: MOST_MS });
  if (!parts)
    return [
      { text: now, kind: 'removed' },
      { text: ' ', kind: 'same' },
      { text: proposed, kind: 'added' },
    ];
  return parts.map(({ value, added, removed }) => ({ text: value, kind: added ? 'added' : removed ? 'removed' : 'same' }));
}

async function decide(
  { request, locals }: RequestEvent,
  said: string,
  act: (api: Api, draftId: string, note?: string) => Promise<unknown>,
) {
  const form = await request.formData();
  const draftId = textOf(form, 'draft') ?? '';
  const answer = await done(said, () => act(locals.api, draftId, textOf(form, 'note')));
  return 'done' in answer ? { ...answer, decided: draftId } : answer;
}

/** The forms of a page that shows drafts. `decided`: the draft whose decision can be taken back. */
export const draftActions = {
  acceptDraft: (event: RequestEvent) => decide(event, 'Accepted.', (api, draftId) => api.assets.acceptDraft({ draftId })),
  rejectDraft: (event: RequestEvent) =>
    decide(event, 'Rejected.', (api, draftId, note) => api.assets.rejectDraft({ draftId, ...(note ? { note } : {}) })),
  reopenDraft: async ({ request, locals }: RequestEvent) => {
    const draftId = textOf(await request.formData(), 'draft') ?? '';
    return done('It waits again, and the work says what it said before.', () => locals.api.assets.reopenDraft({ draftId }));
  },
};

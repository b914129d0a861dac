import { ClientError } from '@troupe-os/core/client';
import { nameOf } from '#lib/names.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

const STATES = ['open', 'kept', 'revoked', 'gone'] as const;
const DECIDED = {
  open: 'left it open',
  kept: 'kept it',
  revoked: 'taken it away',
  gone: 'found that it is held no more',
} as const;

export const load: PageServerLoad = async ({ locals, params: { reviewId }, url }) => {
  const me = await assertMayEnter(locals, 'access');
  const [cursor, actorId] = [url.searchParams.get('cursor'), url.searchParams.get('actor')];
  const asked = url.searchParams.get('state') ?? 'open';
  const state = STATES.find((one) => one === asked);
  const { items, nextCursor, ...review } = await locals.api.governance.getAccessReview({
    reviewId,
    limit: 50,
    ...(state ? { state } : {}),
    ...(actorId ? { actorId } : {}),
    ...(cursor ? { cursor } : {}),
  });
  const spoken = items.flatMap(({ grantedBy, decidedBy, actorId: holder }) => [grantedBy, decidedBy, holder]);
  const names = await namesOf(locals, [review.startedBy, ...spoken]);
  const held = Object.fromEntries(items.flatMap(({ actorId: holder, actorName }) => (actorName ? [[holder, actorName]] : [])));
  return {
    review,
    state: state ?? 'all',
    items,
    nextCursor,
    names: { ...held, ...names },
    ownId: me.id,
    mayManage: holds(me, 'governance.access-review.manage'),
  };
};

export const actions: Actions = {
  keep: (event) => decide(event, 'Kept', (input) => event.locals.api.governance.certifyAccess(input)),
  take: (event) =>
    decide(event, 'Taken away', (input) => event.locals.api.governance.revokeAccess(input, { key: crypto.randomUUID() })),
};

interface Decided {
  readonly state: keyof typeof DECIDED;
  readonly reviewClosed: boolean;
}

async function decide(
  { request, locals, params: { reviewId } }: Parameters<NonNullable<Actions['keep']>>[0],
  verb: string,
  act: (input: { itemId: string; note: string }) => Promise<Decided>,
) {
  const form = await request.formData();
  const [itemId, note, what] = [textOf(form, 'item') ?? '', textOf(form, 'note'), textOf(form, 'what') ?? 'it'];
  const kept = { itemId, note };
  if (!note) return notYet('Say why: it stays on record.', kept);
  try {
    const { state, reviewClosed } = await act({ itemId, note });
    const said = state === 'gone' ? `${what} was held no more.` : `${verb}: ${what}.`;
    return { done: reviewClosed ? `${said} That was the last: the review is closed.` : said };
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== 'governance.access_state') return refusal(error, kept);
    return refusal(await tooLate(locals, error, { reviewId, itemId, actorId: textOf(form, 'actor') }), kept);
  }
}

/** Whoever comes too late is told who was there before. */
async function tooLate(
  locals: App.Locals,
  error: ClientError,
  { reviewId, itemId, actorId }: Record<string, string | undefined>,
) {
  if (!reviewId || !actorId) return error;
  const { items } = await locals.api.governance.getAccessReview({ reviewId, actorId, limit: 100 });
  const item = items.find((one) => one.itemId === itemId);
  if (!item?.decidedBy) return error;
  const who = nameOf(await namesOf(locals, [item.decidedBy]), item.decidedBy);
  const message = `${who} has ${DECIDED[item.state]} meanwhile: “${item.note}”`;
  return new ClientError(error.status, { code: error.code, message });
}

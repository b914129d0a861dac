import { draftActions, shownDraft } from '#lib/server/drafts.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { titlesOf } from '#lib/server/works.ts';
import type { Actions, PageServerLoad } from './$types';

const STATES = ['open', 'accepted', 'rejected'] as const;
const KINDS = ['description', 'campaign'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'assets');
  const asked = url.searchParams;
  const state = STATES.find((one) => one === (asked.get('state') ?? 'open'));
  const kind = KINDS.find((one) => one === asked.get('kind'));
  const cursor = asked.get('cursor');
  const { items, nextCursor } = await locals.api.assets.listDrafts({
    limit: 20,
    ...(state ? { state } : {}),
    ...(kind ? { kind } : {}),
    ...(cursor ? { cursor } : {}),
  });
  return {
    drafts: items.map(shownDraft),
    nextCursor,
    filter: { state: state ?? '', kind: kind ?? '' },
    mayDecide: holds(me, 'assets.asset.write'),
    titles: await titlesOf(
      locals.api,
      items.flatMap(({ sources }) => sources),
    ),
    names: await namesOf(
      locals,
      items.flatMap(({ writtenBy, personId, decidedBy }) => [writtenBy, personId, decidedBy]),
    ),
  };
};

export const actions: Actions = draftActions;

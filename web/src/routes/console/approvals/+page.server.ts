import { assertMayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import type { PageServerLoad } from './$types';

const STATES = ['pending', 'approved', 'executed', 'rejected', 'cancelled', 'expired', 'failed', 'replaced'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  await assertMayEnter(locals, 'approvals');
  const state = STATES.find((one) => one === url.searchParams.get('state'));
  const cursor = url.searchParams.get('cursor');
  const found = await locals.api.governance.listApprovals({
    limit: 50,
    ...(state ? { state } : {}),
    ...(cursor ? { cursor } : {}),
  });
  return {
    approvals: found.items,
    names: await namesOf(
      locals,
      found.items.flatMap(({ requester, onBehalfOf }) => [requester, onBehalfOf]),
    ),
    nextCursor: found.nextCursor,
    filter: { state: state ?? '' },
    states: STATES.map((value) => ({ value, label: value })),
  };
};

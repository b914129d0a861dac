// What waits for this person: what they may decide and nobody has decided yet.
import { idsIn } from '#lib/names.ts';
import { holds } from '#lib/server/me.ts';
import { unlessOff } from '#lib/server/unless-off.ts';
import { actorOf } from './subject.ts';

/** So many of each kind are shown; their pages have all. */
const MOST_SHOWN = 4;

/** Undefined parts are not theirs to decide at all. */
export async function waitingFor(locals: App.Locals) {
  const me = await locals.me();
  const { api } = locals;
  const isInCharge = holds(me, 'governance.incident.manage');
  const [pending, open, mine, reviews, drafts] = await Promise.all([
    holds(me, 'governance.approval.decide') ? api.governance.listApprovals({ state: 'pending', limit: 100 }) : undefined,
    isInCharge ? api.governance.listIncidents({ state: 'open', limit: MOST_SHOWN }) : undefined,
    isInCharge ? api.governance.listIncidents({ state: 'acknowledged', assignee: me.id, limit: MOST_SHOWN }) : undefined,
    holds(me, 'governance.access-review.manage') ? api.governance.listAccessReviews({ limit: 20 }) : undefined,
    holds(me, 'assets.asset.write') ? unlessOff(api.assets.listDrafts({ state: 'open', limit: MOST_SHOWN })) : undefined,
  ]);
  const approvals = pending?.items.filter(({ mayVote }) => mayVote);
  const incidents = open && mine && [...open.items, ...mine.items].slice(0, MOST_SHOWN);
  const spoken = [
    ...(approvals ?? []).flatMap(({ requester, onBehalfOf }) => [requester, onBehalfOf]),
    ...(drafts?.items ?? []).map(({ writtenBy }) => writtenBy),
    ...(incidents ?? []).flatMap(({ subject, summary }) => [actorOf(subject), ...idsIn(summary)]),
  ];
  return {
    parts: {
      approvals: approvals && { items: approvals.slice(0, MOST_SHOWN), total: approvals.length },
      incidents: incidents && { items: incidents, hasMore: open.nextCursor !== undefined },
      drafts: drafts && { items: drafts.items, hasMore: drafts.nextCursor !== undefined },
      reviews: reviews?.items.filter(({ mayDecide }) => mayDecide > 0),
    },
    ids: spoken,
  };
}

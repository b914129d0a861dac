import { idsIn } from '#lib/names.ts';
import { assertMayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { actorOf } from '../subject.ts';
import type { PageServerLoad } from './$types';

const STATES = ['open', 'acknowledged', 'resolved'] as const;
const RULES = [
  'denial-burst',
  'limit-hit',
  'failed-sign-ins',
  'new-place',
  'kill-switch',
  'seal-failing',
  'tampering',
  'review-overdue',
] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'incidents');
  const state = STATES.find((one) => one === url.searchParams.get('state'));
  const rule = RULES.find((one) => one === url.searchParams.get('rule'));
  const [assignee, cursor] = [url.searchParams.get('assignee'), url.searchParams.get('cursor')];
  const { items, nextCursor } = await locals.api.governance.listIncidents({
    limit: 50,
    ...(state ? { state } : {}),
    ...(rule ? { rule } : {}),
    ...(assignee ? { assignee } : {}),
    ...(cursor ? { cursor } : {}),
  });
  const spoken = items.flatMap(({ subject, summary, assignee: one }) => [actorOf(subject), one, ...idsIn(summary)]);
  const names = await namesOf(locals, [...spoken, assignee ?? undefined]);
  const assignees = new Set([me.id, ...(assignee ? [assignee] : []), ...items.flatMap((one) => one.assignee ?? [])]);
  return {
    incidents: items,
    nextCursor,
    names,
    filter: { state: state ?? '', rule: rule ?? '', assignee: assignee ?? '' },
    states: STATES.map((value) => ({ value, label: value })),
    rules: RULES.map((value) => ({ value, label: value.replaceAll('-', ' ') })),
    assignees: [...assignees].map((value) => ({ value, label: names[value] ?? value })),
  };
};

import { assertMayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import type { PageServerLoad } from './$types';

const OUTCOMES = ['initiated', 'succeeded', 'failed', 'denied', 'previewed', 'parked'] as const;
const KINDS = ['action', 'subscription', 'job', 'seed', 'migration'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  await assertMayEnter(locals, 'audit');
  const text = (name: string) => url.searchParams.get(name)?.trim() || undefined;
  const [actor, action, plugin] = [text('actor'), text('action'), text('plugin')];
  const [traceId, cursor] = [text('trace'), text('cursor')];
  const outcome = OUTCOMES.find((one) => one === text('outcome'));
  const kind = KINDS.find((one) => one === text('kind'));
  const found = await locals.api.governance.searchAudit({
    limit: 50,
    ...(actor ? { actor } : {}),
    ...(action ? { action } : {}),
    ...(plugin ? { plugin } : {}),
    ...(traceId ? { traceId } : {}),
    ...(outcome ? { outcome } : {}),
    ...(kind ? { kind } : {}),
    ...(cursor ? { cursor } : {}),
  });
  const spoken = found.items.flatMap((entry) => [entry.actor, entry.onBehalfOf]);
  return {
    entries: found.items,
    names: await namesOf(locals, [...spoken, actor]),
    nextCursor: found.nextCursor,
    filter: { actor: actor ?? '', action: action ?? '', plugin: plugin ?? '', outcome: outcome ?? '', kind: kind ?? '' },
    outcomes: OUTCOMES.map((value) => ({ value, label: value })),
    kinds: KINDS.map((value) => ({ value, label: value })),
  };
};

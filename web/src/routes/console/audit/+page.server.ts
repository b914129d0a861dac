import { assertMayEnter } from '#lib/server/me.ts';
import type { PageServerLoad } from './$types';

const OUTCOMES = ['initiated', 'succeeded', 'failed', 'denied', 'previewed', 'parked'] as const;
const KINDS = ['action', 'subscription', 'job', 'seed', 'migration'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  await assertMayEnter(locals, 'audit');
  const text = (name: string) => url.searchParams.get(name)?.trim() || undefined;
  const [actor, action, traceId, cursor] = [text('actor'), text('action'), text('trace'), text('cursor')];
  const outcome = OUTCOMES.find((one) => one === text('outcome'));
  const kind = KINDS.find((one) => one === text('kind'));
  const found = await locals.api.governance.searchAudit({
    limit: 50,
    ...(actor ? { actor } : {}),
    ...(action ? { action } : {}),
    ...(traceId ? { traceId } : {}),
    ...(outcome ? { outcome } : {}),
    ...(kind ? { kind } : {}),
    ...(cursor ? { cursor } : {}),
  });
  return {
    entries: found.items,
    nextCursor: found.nextCursor,
    filter: { actor: actor ?? '', action: action ?? '', outcome: outcome ?? '', kind: kind ?? '' },
    outcomes: OUTCOMES.map((value) => ({ value, label: value })),
    kinds: KINDS.map((value) => ({ value, label: value })),
  };
};

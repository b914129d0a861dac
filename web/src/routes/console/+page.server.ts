import { type ConsolePart, mayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { unlessOff } from '#lib/server/unless-off.ts';
import type { PageServerLoad } from './$types';
import { waitingFor } from './waiting.ts';

export const load: PageServerLoad = async ({ locals }) => {
  const { api } = locals;
  const me = await locals.me();
  const may = (part: ConsolePart) => mayEnter(me, part);
  const today = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
  const [sales, orders, works, report, audit, waiting] = await Promise.all([
    may('orders') ? unlessOff(api.marketplace.getSales({ from: today })) : undefined,
    may('orders') ? unlessOff(api.marketplace.listOrders({ limit: 6 })) : undefined,
    may('assets') ? unlessOff(api.assets.search({ limit: 1 })) : undefined,
    may('ledger') ? unlessOff(api.ledger.getProfitAndLoss({})) : undefined,
    may('audit') ? api.governance.searchAudit({ limit: 8 }) : undefined,
    waitingFor(locals),
  ]);
  const spoken = (audit?.items ?? []).flatMap(({ actor, onBehalfOf }) => [actor, onBehalfOf]);
  return {
    sales: sales?.items,
    orders: orders?.items,
    works: works?.total,
    report: report?.items,
    audit: audit?.items,
    isPartOff: (may('orders') && !(sales && orders)) || (may('assets') && !works) || (may('ledger') && !report),
    maySeeSwitches: may('rules'),
    ...waiting.parts,
    names: await namesOf(locals, [...spoken, ...waiting.ids]),
  };
};

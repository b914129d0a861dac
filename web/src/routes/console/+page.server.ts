import { type ConsolePart, mayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import type { PageServerLoad } from './$types';
import { waitingFor } from './waiting.ts';

export const load: PageServerLoad = async ({ locals }) => {
  const { api } = locals;
  const me = await locals.me();
  const may = (part: ConsolePart) => mayEnter(me, part);
  const today = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;
  const [sales, orders, works, report, audit, waiting] = await Promise.all([
    may('orders') ? api.marketplace.getSales({ from: today }) : undefined,
    may('orders') ? api.marketplace.listOrders({ limit: 6 }) : undefined,
    may('assets') ? api.assets.search({ limit: 1 }) : undefined,
    may('ledger') ? api.ledger.getProfitAndLoss({}) : undefined,
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
    ...waiting.parts,
    names: await namesOf(locals, [...spoken, ...waiting.ids]),
  };
};

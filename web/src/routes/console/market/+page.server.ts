import { readMoney } from '#lib/money.ts';
import { done } from '#lib/server/done.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import { titlesOf } from '#lib/server/works.ts';
import type { Actions, PageServerLoad } from './$types';

const KINDS = ['sale', 'listing', 'floor'] as const;
const DIRECTIONS = ['below', 'above'] as const;
const PAGE = 50;
/** What comes before the id of a work of ours. */
const WORK = 'work:';

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'market');
  const { marketdata } = locals.api;
  const asset = url.searchParams.get('asset')?.trim() || undefined;
  const cursor = url.searchParams.get('cursor');
  const [sources, opportunities, watches, quotes, summary] = await Promise.all([
    marketdata.listSources({}),
    marketdata.listOpportunities({ limit: PAGE }),
    marketdata.listWatches({ limit: PAGE }),
    marketdata.listQuotes({ limit: PAGE, ...(asset ? { asset } : {}), ...(cursor ? { cursor } : {}) }).catch(refused),
    asset ? marketdata.getSummary({ asset }).catch(refused) : undefined,
  ]);
  const priced = [...(quotes?.items ?? []), ...opportunities.items.map(({ quote }) => quote)];
  const works = [...priced, ...watches.items].flatMap(({ asset: name }) =>
    name.startsWith(WORK) ? [name.slice(WORK.length)] : [],
  );
  const titles = await titlesOf(locals.api, asset?.startsWith(WORK) ? [...works, asset.slice(WORK.length)] : works);
  return {
    sources: sources.items,
    opportunities: opportunities.items,
    hasMoreOpportunities: opportunities.nextCursor !== undefined,
    watches: watches.items,
    quotes: quotes?.items ?? [],
    nextCursor: quotes?.nextCursor,
    isUnknown: quotes === undefined,
    summary: summary?.items,
    asset: asset ?? '',
    titles: Object.fromEntries([
      ...priced.flatMap(({ asset: name, title }) => (title ? [[name, title] as const] : [])),
      ...Object.entries(titles).map(([id, title]) => [`${WORK}${id}`, title] as const),
    ]),
    mayWatch: holds(me, 'marketdata.watch.write'),
    mayRefresh: holds(me, 'marketdata.source.refresh'),
    names: await namesOf(
      locals,
      [...watches.items, ...opportunities.items.map(({ watch }) => watch)].map(({ personId }) => personId),
    ),
  };
};

/** What was asked for has a name that nothing can have; whatever else went wrong is thrown on. */
function refused(error: unknown): undefined {
  refusal(error, {});
}

export const actions: Actions = {
  watch: async ({ request, locals }) => {
    const form = await request.formData();
    const field = (name: string) => textOf(form, name);
    const kept = {
      asset: field('asset'),
      kind: field('kind'),
      direction: field('direction'),
      price: field('price'),
      unit: field('unit'),
    };
    const unit = kept.unit ?? 'EUR';
    const amount = readMoney(kept.price ?? '', unit);
    const kind = KINDS.find((one) => one === kept.kind);
    const direction = DIRECTIONS.find((one) => one === kept.direction);
    if (!kept.asset || !kind || !direction || !amount) return notYet('Say what is watched, and a sum like 12.50.', kept);
    try {
      await locals.api.marketdata.addWatch({ asset: kept.asset, kind, direction, amount, unit });
      return { done: 'It is watched from now on.' };
    } catch (error) {
      return refusal(error, kept);
    }
  },
  unwatch: async ({ request, locals }) => {
    const watchId = textOf(await request.formData(), 'watch') ?? '';
    return done('It is watched no more.', () => locals.api.marketdata.removeWatch({ watchId }));
  },
  dismiss: async ({ request, locals }) => {
    const opportunityId = textOf(await request.formData(), 'opportunity') ?? '';
    return done('Dismissed. Its watch goes on.', () => locals.api.marketdata.dismissOpportunity({ opportunityId }));
  },
  refresh: async ({ request, locals }) => {
    const sourceId = textOf(await request.formData(), 'source') ?? '';
    try {
      const { added, error } = await locals.api.marketdata.refreshSource({ sourceId });
      if (error) return notYet(`It could not be read: ${error.message}`, {});
      return { done: added === 0 ? 'It was read, and there was nothing new.' : `It was read: ${added} new.` };
    } catch (error) {
      return refusal(error, {});
    }
  },
};

import { houseOf } from '#lib/house.ts';
import { assetTypeOf } from '#lib/server/asset-type.ts';
import { offersByWork } from '#lib/server/works.ts';
import { type Work, workOf } from '#lib/work.ts';
import type { PageServerLoad } from './$types';

const MOST_SHOWN = 60;

export const load: PageServerLoad = async ({ locals: { api }, url }) => {
  const question = url.searchParams.get('q')?.trim().slice(0, 500) ?? '';
  const type = assetTypeOf(url.searchParams.get('type'));
  const cursor = url.searchParams.get('cursor');
  const [found, offers] = await Promise.all([
    api.assets.search({
      limit: MOST_SHOWN,
      ...(question ? { q: question } : { status: 'on-sale' as const }),
      ...(type ? { type } : {}),
      ...(cursor ? { cursor } : {}),
    }),
    offersByWork(api),
  ]);
  const works = found.items.map((card) => workOf(card, offers.get(card.id)));
  const isList = question !== '' || type !== undefined || cursor !== null;
  return { question, type, works, total: found.total, nextCursor: found.nextCursor, ...(isList ? {} : { hub: byHouse(works) }) };
};

function byHouse(works: readonly Work[]) {
  const of = (house: string) => works.filter(({ type }) => houseOf(type) === house);
  const [release, ...records] = of('zig');
  return { release, records, wall: of('wall'), vault: of('vault') };
}

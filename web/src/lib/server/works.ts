import { type Offer, offerOf } from '#lib/work.ts';
import type { Api } from './api.ts';

/** Every offer of the shop now, by the work that it is of. A page of a hundred at a time. */
export async function offersByWork(api: Api): Promise<Map<string, Offer>> {
  const offers = new Map<string, Offer>();
  let cursor: string | undefined;
  do {
    const page = await api.marketplace.listListings({ limit: 100, ...(cursor ? { cursor } : {}) });
    for (const listing of page.items) {
      for (const assetId of listing.assetIds) if (!offers.has(assetId)) offers.set(assetId, offerOf(listing));
    }
    cursor = page.nextCursor;
  } while (cursor);
  return offers;
}

/** Titles of works by id, of those that whoever asks may see. */
export async function titlesOf(api: Api, ids: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const wanted = [...new Set(ids)].slice(0, 100);
  if (wanted.length === 0) return {};
  const { items } = await api.assets.search({ ids: wanted, limit: 100 });
  return Object.fromEntries(items.map(({ id, title }) => [id, title]));
}

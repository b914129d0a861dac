import { fail } from '@sveltejs/kit';
import { readMoney } from '#lib/money.ts';
import { assetTypeOf } from '#lib/server/asset-type.ts';
import { done } from '#lib/server/done.ts';
import { draftActions, shownDraft } from '#lib/server/drafts.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds, mayEnter } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import type { Refusal } from '#lib/server/refusal.ts';
import { listForSale, productOf } from '#lib/server/sale.ts';
import { randomSecret } from '#lib/server/secrets.ts';
import { tagsOf } from '#lib/server/tags.ts';
import { titlesOf } from '#lib/server/works.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const me = await assertMayEnter(locals, 'assets');
  const asset = await locals.api.assets.get({ id: params.id });
  const maySell = holds(me, 'marketplace.listing.write');
  const [listings, product, drafts] = await Promise.all([
    locals.api.marketplace.listListings({ assetId: params.id, limit: 20 }),
    maySell ? productOf(locals.api, asset) : undefined,
    locals.api.assets.listDrafts({ assetId: params.id, state: 'open', limit: 20 }),
  ]);
  return {
    asset,
    listings: listings.items,
    product,
    maySell,
    mayWrite: holds(me, 'assets.asset.write'),
    mayPublish: holds(me, 'assets.asset.publish'),
    maySeeCalls: mayEnter(me, 'audit'),
    maySeePrices: mayEnter(me, 'market'),
    nonce: randomSecret(),
    drafts: drafts.items.map(shownDraft),
    titles: await titlesOf(
      locals.api,
      drafts.items.flatMap(({ sources }) => sources),
    ),
    names: await namesOf(
      locals,
      drafts.items.flatMap(({ writtenBy, personId }) => [writtenBy, personId]),
    ),
  };
};

export const actions: Actions = {
  ...draftActions,
  update: async ({ request, locals, params: { id } }) => {
    const form = await request.formData();
    const [title, type] = [textOf(form, 'title'), assetTypeOf(textOf(form, 'type'))];
    const rest = { description: textOf(form, 'description') ?? '', tags: tagsOf(textOf(form, 'tags')) };
    return done('Saved.', () =>
      locals.api.assets.update({ id, ...rest, ...(title ? { title } : {}), ...(type ? { type } : {}) }),
    );
  },
  publish: ({ locals, params: { id } }) => done('Published: everybody can see it now.', () => locals.api.assets.publish({ id })),
  archive: ({ locals, params: { id } }) => done('Archived.', () => locals.api.assets.archive({ id })),
  list: async ({ request, locals, params: { id } }) => {
    const form = await request.formData();
    const price = readMoney(textOf(form, 'price') ?? '');
    const [stock, nonce, unit] = [textOf(form, 'stock'), textOf(form, 'nonce'), textOf(form, 'unit') ?? 'EUR'];
    if (!price || (stock && !/^\d{1,7}$/.test(stock))) {
      const fields: Record<string, string> = price ? { stock: 'A whole number.' } : { price: 'A sum like 12.50.' };
      return fail(422, { problem: 'This cannot be listed yet.', fields } satisfies Refusal);
    }
    const kind = form.get('kind') === 'physical' ? 'physical' : 'digital';
    return done('It is on sale.', () =>
      listForSale(locals.api, id, { price, unit, kind, ...(stock ? { stock: Number(stock) } : {}), ...(nonce ? { nonce } : {}) }),
    );
  },
  end: async ({ request, locals }) => {
    const listingId = textOf(await request.formData(), 'listing') ?? '';
    return done('It is off sale.', () => locals.api.marketplace.endListing({ listingId }));
  },
};

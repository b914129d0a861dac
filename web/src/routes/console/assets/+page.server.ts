import { redirect } from '@sveltejs/kit';
import { assetTypeOf } from '#lib/server/asset-type.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import { tagsOf } from '#lib/server/tags.ts';
import type { Actions, PageServerLoad } from './$types';

const TYPES = ['music', 'art', 'collectible', 'nft', 'document', 'other'] as const;
const STATUSES = ['draft', 'indexed', 'published', 'on-sale', 'sold', 'archived'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'assets');
  const text = (name: string) => url.searchParams.get(name)?.trim() || undefined;
  const [q, brandId, cursor, type] = [text('q'), text('brand'), text('cursor'), assetTypeOf(text('type'))];
  const status = STATUSES.find((one) => one === text('status'));
  const [found, brands] = await Promise.all([
    locals.api.assets.search({
      limit: 50,
      ...(q ? { q } : {}),
      ...(brandId ? { brandId } : {}),
      ...(type ? { type } : {}),
      ...(status ? { status } : {}),
      ...(cursor ? { cursor } : {}),
    }),
    locals.api.identity.listBrands({ limit: 100 }),
  ]);
  return {
    works: found.items,
    total: found.total,
    nextCursor: found.nextCursor,
    filter: { q: q ?? '', brand: brandId ?? '', type: type ?? '', status: status ?? '' },
    types: TYPES.map((value) => ({ value, label: value })),
    statuses: STATUSES.map((value) => ({ value, label: value })),
    brands: brands.items.map(({ brandId, name }) => ({ value: brandId, label: name })),
    mayImport: holds(me, 'assets.asset.import'),
  };
};

export const actions: Actions = {
  /** The way without scripts: all files in one form. */
  upload: async ({ request, locals }) => {
    await assertMayEnter(locals, 'assets');
    const form = await request.formData();
    const brandId = textOf(form, 'brand');
    const picked = form.getAll('files').filter((entry) => entry instanceof File && entry.size > 0) as File[];
    if (!brandId || picked.length === 0) return notYet('Choose at least one file that is not empty.', {});
    let importId: string;
    try {
      const files: string[] = [];
      for (const file of picked) files.push((await locals.upload<{ file: string }>('/api/assets/import/files', file)).file);
      ({ importId } = await locals.api.assets.import({ files, brandId, tags: tagsOf(textOf(form, 'tags')) }));
    } catch (error) {
      return refusal(error, {});
    }
    redirect(303, `/console/assets/imports/${importId}`);
  },
};

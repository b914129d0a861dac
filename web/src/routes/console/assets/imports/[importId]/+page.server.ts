import { assertMayEnter } from '#lib/server/me.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
  await assertMayEnter(locals, 'assets');
  depends('import:progress');
  const cursor = url.searchParams.get('cursor');
  return {
    progress: await locals.api.assets.getImport({ importId: params.importId, limit: 100, ...(cursor ? { cursor } : {}) }),
  };
};

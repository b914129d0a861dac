import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if ((await locals.me()).kind === 'guest') redirect(303, '/sign-in?next=/library');
  const cursor = url.searchParams.get('cursor');
  const { items, nextCursor } = await locals.api.marketplace.listOrders({ mine: true, limit: 50, ...(cursor ? { cursor } : {}) });
  return { orders: items, nextCursor };
};

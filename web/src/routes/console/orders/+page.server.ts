import { assertMayEnter } from '#lib/server/me.ts';
import type { PageServerLoad } from './$types';

const STATES = ['placed', 'paid', 'fulfilled', 'cancelled', 'refunded'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  await assertMayEnter(locals, 'orders');
  const state = STATES.find((one) => one === url.searchParams.get('state'));
  const brandId = url.searchParams.get('brand') ?? '';
  const cursor = url.searchParams.get('cursor');
  const [orders, brands] = await Promise.all([
    locals.api.marketplace.listOrders({
      limit: 50,
      ...(state ? { state } : {}),
      ...(brandId ? { brandId } : {}),
      ...(cursor ? { cursor } : {}),
    }),
    locals.api.identity.listBrands({ limit: 100 }),
  ]);
  return {
    orders: orders.items,
    nextCursor: orders.nextCursor,
    filter: { state: state ?? '', brand: brandId },
    states: STATES.map((value) => ({ value, label: value })),
    brands: brands.items.map(({ brandId, name }) => ({ value: brandId, label: name })),
  };
};

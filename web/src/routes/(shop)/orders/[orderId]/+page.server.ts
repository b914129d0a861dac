import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const accessKey = url.searchParams.get('key') ?? undefined;
  const order = await locals.api.marketplace.getOrder({ orderId: params.orderId, ...(accessKey ? { accessKey } : {}) });
  // the tokens of the links stay here: the button sends the key
  const deliveries = order.deliveries.map(({ token: _, ...delivery }) => delivery);
  return { order: { ...order, deliveries }, accessKey };
};

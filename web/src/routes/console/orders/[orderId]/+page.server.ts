import { assertMayEnter, holds } from '#lib/server/me.ts';
import { refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const me = await assertMayEnter(locals, 'orders');
  return {
    order: await locals.api.marketplace.getOrder({ orderId: params.orderId }),
    mayRefund: holds(me, 'marketplace.order.refund'),
    mayFulfil: holds(me, 'marketplace.order.fulfil'),
  };
};

export const actions: Actions = {
  refund: async ({ locals, params }) => {
    try {
      await locals.api.marketplace.refundOrder({ orderId: params.orderId }, { key: `refund-${params.orderId}` });
    } catch (error) {
      return refusal(error, {});
    }
    return { done: 'Refunded. The books have taken the sale back.' };
  },
  fulfil: async ({ locals, params }) => {
    try {
      await locals.api.marketplace.fulfilOrder({ orderId: params.orderId });
    } catch (error) {
      return refusal(error, {});
    }
    return { done: 'Marked as sent.' };
  },
};

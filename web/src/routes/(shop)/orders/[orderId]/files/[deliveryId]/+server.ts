// A download that was bought: the key of the order opens its link; a signed-in buyer gets a fresh one each time.
import { error } from '@sveltejs/kit';
import type { Api } from '#lib/server/api.ts';
import { textOf } from '#lib/server/form-text.ts';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = async ({ request, locals, params }) => {
  const accessKey = textOf(await request.formData(), 'key');
  const { deliveryId } = params;
  const token =
    (accessKey && (await tokenOf(locals.api, params, accessKey))) ?? (await freshToken(locals.api, deliveryId, accessKey));
  const response = await locals.send('marketplace.download', { deliveryId, token });
  if (response.ok) {
    const headers = new Headers(response.headers);
    // a picture too is kept, not shown
    headers.set('content-disposition', headers.get('content-disposition')?.replace(/^inline/, 'attachment') ?? 'attachment');
    return new Response(response.body, { status: response.status, headers });
  }
  const { message } = (await response.json()) as { message: string };
  error(response.status, message);
};

async function tokenOf(api: Api, { orderId, deliveryId }: { orderId: string; deliveryId: string }, accessKey: string) {
  const order = await api.marketplace.getOrder({ orderId, accessKey });
  return order.deliveries.find((delivery) => delivery.deliveryId === deliveryId && delivery.downloadsLeft > 0)?.token;
}

async function freshToken(api: Api, deliveryId: string, accessKey: string | undefined) {
  return (await api.marketplace.renewDeliveryLink({ deliveryId, ...(accessKey ? { accessKey } : {}) })).token;
}

import { error, redirect } from '@sveltejs/kit';
import { textOf } from '#lib/server/form-text.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import { randomSecret } from '#lib/server/secrets.ts';
import { offerOf, workOf } from '#lib/work.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const { api } = locals;
  const [card, listings, me] = await Promise.all([
    api.assets.get({ id: params.id }),
    api.marketplace.listListings({ assetId: params.id, limit: 1 }),
    locals.me(),
  ]);
  const [listing] = listings.items;
  const { facts } = card;
  return {
    work: workOf(card, listing && offerOf(listing)),
    tags: card.tags,
    ...(facts.kind === 'audio' && facts.peaks ? { peaks: facts.peaks } : {}),
    ...(soundOf(card) ? { sound: soundOf(card) } : {}),
    isSignedIn: me.kind !== 'guest',
    // one purchase, however often the button is pressed; and the key that opens its order
    nonce: randomSecret(),
    accessKey: randomSecret(),
  };
};

/** What a visitor may hear: the preview where there is one; owners and staff the song itself. */
function soundOf({
  id,
  variants,
  facts,
  file,
}: {
  id: string;
  variants: readonly string[];
  facts: { kind: string };
  file?: unknown;
}) {
  if (facts.kind !== 'audio') return undefined;
  const preview = variants.find((name) => name.startsWith('preview'));
  if (preview) return `/api/assets/${id}/${preview}`;
  return file ? `/api/assets/${id}/original` : undefined;
}

export const actions: Actions = {
  buy: async ({ request, locals }) => {
    const form = await request.formData();
    const email = textOf(form, 'email');
    const address = textOf(form, 'address');
    const kept = { email, address };
    const [listingId, total, cardNumber] = [textOf(form, 'listing'), textOf(form, 'total'), textOf(form, 'card')];
    const [nonce, accessKey] = [textOf(form, 'nonce'), textOf(form, 'key')];
    if (!listingId || !total || !nonce || !accessKey) error(422, 'This form is incomplete. Open the page again.');
    if (!cardNumber) return notYet('Type the number of a test card.', kept);
    const me = await locals.me();
    let order: { orderId: string };
    try {
      order = await locals.api.marketplace.buy(
        {
          listingId,
          total,
          cardNumber,
          accessKey,
          ...(email ? { email } : {}),
          ...(address ? { shippingAddress: address } : {}),
        },
        { key: nonce },
      );
    } catch (error) {
      return refusal(error, kept);
    }
    redirect(303, `/orders/${order.orderId}${me.kind === 'guest' ? `?key=${encodeURIComponent(accessKey)}` : ''}`);
  },
};

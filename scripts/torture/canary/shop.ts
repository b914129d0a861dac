// A work comes in, is sold to a guest, and downloaded.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makePdf } from '../../../test/made-pdf.ts';
import type { Asking, Who } from './asking.ts';
import { filesFolder, type World } from './house.ts';

const POLL_MS = 100;

export async function sell({ does, tries }: Asking, { secrets: { plant, mark } }: World, operator: Who): Promise<void> {
  const assetId = await bringIn({ does }, mark, operator);
  await does(operator, 'assets.publish', { id: assetId });
  await does(undefined, 'assets.search', { q: `a work about ${mark}` });
  const { productId } = await does(operator, 'marketplace.create-product', { assetIds: [assetId], kind: 'digital', stock: 5 });
  const { listingId } = await does(operator, 'marketplace.create-listing', { productId, unit: 'EUR', price: '1250' });
  const accessKey = plant('access key of an order');
  const digits = () =>
    String(crypto.getRandomValues(new Uint32Array(1))[0])
      .padStart(12, '7')
      .slice(-12)
      .replace(/0002$/, '1111');
  const purchase = { listingId, accessKey, email: 'guest@buyers.test' };
  await tries(undefined, 'marketplace.buy', { ...purchase, cardNumber: plant('card that is none', `5105${digits()}`) });
  await tries(undefined, 'marketplace.buy', {
    ...purchase,
    cardNumber: `${plant('card that is declined', `4242${digits().slice(0, 8)}0002`)}`,
  });
  await tries(undefined, 'marketplace.buy', { ...purchase, cardNumber: `${plant('card with a letter too much')}` });
  const { orderId } = await does(undefined, 'marketplace.buy', { ...purchase, cardNumber: plant('card', `4242${digits()}`) });
  const order = (await does(undefined, 'marketplace.get-order', { orderId, accessKey })) as unknown as {
    deliveries: { deliveryId: string; token: string }[];
  };
  const [delivery] = order.deliveries;
  const token = plant('key of a download', delivery?.token ?? '');
  await tries(undefined, 'marketplace.get-order', { orderId, accessKey: plant('wrong access key') });
  await fetchDelivery({ does, tries }, { deliveryId: delivery?.deliveryId ?? '', token });
}

/** Bytes, so no JSON. */
async function fetchDelivery({ tries }: Pick<Asking, 'does' | 'tries'>, input: object): Promise<void> {
  await tries(undefined, 'marketplace.download', input).catch((error: unknown) => {
    if (!(error instanceof SyntaxError)) throw error;
  });
}

async function bringIn({ does }: Pick<Asking, 'does'>, mark: string, operator: Who): Promise<string> {
  const file = join(filesFolder(), 'work.pdf');
  writeFileSync(file, makePdf({ title: mark, author: 'Somebody', pages: [[mark]] }));
  const { importId } = await does(operator, 'assets.import', { file, brandId: 'gallery', title: mark });
  for (;;) {
    const { items } = (await does(operator, 'assets.get-import', { importId })) as unknown as {
      items: { state: string; assetId?: string; error?: object }[];
    };
    const [work] = items;
    if (work?.assetId) return work.assetId;
    if (work?.error) throw new Error(`The file did not come in: ${JSON.stringify(work)}`);
    await setTimeout(POLL_MS);
  }
}

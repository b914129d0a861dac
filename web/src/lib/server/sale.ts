// Listing a work for sale from one form: the product that it is sold as, made once, and its listing.
import type { Api } from './api.ts';

/** The product that is this work alone, if there is one. */
export async function productOf(api: Api, { id, brandId }: { id: string; brandId: string }) {
  let cursor: string | undefined;
  do {
    const page = await api.marketplace.listProducts({ brandId, limit: 100, ...(cursor ? { cursor } : {}) });
    const found = page.items.find(({ assetIds }) => assetIds.length === 1 && assetIds[0] === id);
    if (found) return found;
    cursor = page.nextCursor;
  } while (cursor);
  return undefined;
}

export interface NewSale {
  /** Minor units. */
  readonly price: string;
  readonly unit: string;
  readonly kind: 'digital' | 'physical';
  /** None: an edition without a number. Of a product that is there already, its own counts. */
  readonly stock?: number;
  /** Of the form: pressed twice, it lists once. */
  readonly nonce?: string;
}

export async function listForSale(api: Api, assetId: string, { price, unit, kind, stock, nonce }: NewSale): Promise<void> {
  const { brandId } = await api.assets.get({ id: assetId });
  const product =
    (await productOf(api, { id: assetId, brandId })) ??
    (await api.marketplace.createProduct(
      { assetIds: [assetId], kind, ...(stock ? { stock } : {}) },
      nonce ? { key: `product-${nonce}` } : {},
    ));
  await api.marketplace.createListing({ productId: product.productId, price, unit }, nonce ? { key: `listing-${nonce}` } : {});
}

import { defineSeed } from '@troupe-os/core';
import { assetsPort } from '@troupe-os/plugin-assets/contract';
import { addListing } from './listings.ts';
import { addProduct } from './products.ts';
import { REHEARSAL_OFFERS } from './rehearsal.ts';

/** Puts the works of the rehearsal catalogue on sale. */
export const rehearsalListings = defineSeed({
  name: 'rehearsal-listings',
  when: 'rehearsal',
  async run(ctx) {
    const works = await ctx.use(assetsPort).list({ status: 'published', limit: 100 });
    for (const { assetId, title } of works) {
      const offer = REHEARSAL_OFFERS.get(title);
      if (!offer) continue;
      const { productId } = await addProduct(ctx, 'marketplace.product.write', { assetIds: [assetId], ...offer });
      await addListing(ctx, { productId, unit: 'EUR', price: offer.price, draft: false });
    }
  },
});

import { expect, test } from 'vitest';
import { rehearsalCatalogue } from '../../assets/src/rehearsal/catalogue.ts';
import { startShop } from '../testing/shop.ts';
import { listListings } from './actions/list-listings.ts';
import { REHEARSAL_OFFERS } from './rehearsal.ts';

test('each work of the rehearsal catalogue has a price', () => {
  const titles = rehearsalCatalogue().map(({ title }) => title);
  expect([...REHEARSAL_OFFERS.keys()].sort()).toEqual(titles.sort());
});

test('an empty house is filled with a shop in which everything can be bought, once', async () => {
  const { kernel, run, guest, buyAsGuest } = await startShop(0);
  expect(await kernel.seed({ rehearsal: true })).toContain('marketplace.rehearsal-listings');
  expect(await kernel.seed({ rehearsal: true })).toEqual([]);

  const { items } = await run(guest, listListings, { limit: 100 });
  expect(items).toHaveLength(REHEARSAL_OFFERS.size);
  expect(items.find(({ title }) => title === 'Night Drive')).toMatchObject({ brandId: 'zig-zag', price: '150', unit: 'EUR' });
  expect(items.find(({ title }) => title === 'Comet pin')).toMatchObject({ edition: 'unique', stock: { left: 1, of: 1 } });
  const song = items.find(({ edition }) => edition === 'open');
  await expect(buyAsGuest(song?.listingId ?? '')).resolves.toMatchObject({ state: 'paid' });
}, 300_000);

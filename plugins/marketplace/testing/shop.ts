// A shop to test with: assets, books and marketplace on a database of their own, with works that are published already.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { AnyAction, Plugin } from '@troupe-os/core';
import { startTestKernel } from '@troupe-os/core/testing';
import { getImport } from '../../assets/src/actions/get-import.ts';
import { importWorks } from '../../assets/src/actions/import.ts';
import { publish } from '../../assets/src/actions/publish.ts';
import { assetsPlugin } from '../../assets/src/index.ts';
import { ledgerPlugin } from '../../ledger/src/index.ts';
import { buy } from '../src/actions/buy.ts';
import { createListing } from '../src/actions/create-listing.ts';
import { createProduct } from '../src/actions/create-product.ts';
import { marketplacePlugin } from '../src/index.ts';

export const GOOD_CARD = '4242 4242 4242 4242';
export const DECLINED_CARD = '4000 0000 0000 0002';

/** A key as a form would make it. */
export function newAccessKey(): string {
  return crypto.randomUUID().replaceAll('-', '');
}

/** Starts a shop with so many published works of the gallery; `sell` lists the next one. */
export async function startShop(works: number, others: readonly Plugin<string, readonly AnyAction[]>[] = []) {
  const house = await startTestKernel([ledgerPlugin, assetsPlugin, marketplacePlugin, ...others]);
  await house.kernel.seed({ rehearsal: false });
  const admin = house.as({ id: 'ada', roles: ['admin'] });
  const editor = house.as({ id: 'eda', roles: [{ role: 'editor', brandId: 'gallery' }] });
  const assetIds = works === 0 ? [] : await importPictures(house, works);
  for (const id of assetIds) await house.run(admin, publish, { id });
  const unlisted = [...assetIds];

  /** Makes a product of the next work and lists it, for 12.50 EUR if nothing else is said. */
  async function sell(options: { stock?: number; price?: string; kind?: 'digital' | 'physical'; startsAt?: string } = {}) {
    const assetId = unlisted.shift();
    if (assetId === undefined) throw new Error('every work is listed: start the shop with more');
    const { price = '1250', startsAt, ...product } = options;
    const { productId } = await house.run(editor, createProduct, { assetIds: [assetId], ...product });
    const offer = { productId, unit: 'EUR', price, ...(startsAt !== undefined && { startsAt }) };
    return { ...(await house.run(editor, createListing, offer)), assetId };
  }

  /** Buys one as somebody who has not signed in. */
  function buyAsGuest(listingId: string, accessKey = newAccessKey()) {
    return house.run(house.guest, buy, { listingId, cardNumber: GOOD_CARD, email: 'gina@example.org', accessKey });
  }

  return { ...house, admin, editor, assetIds: unlisted, sell, buyAsGuest };
}

async function importPictures(house: Awaited<ReturnType<typeof startTestKernel>>, many: number): Promise<string[]> {
  const operator = house.as({ id: 'operator', kind: 'operator', roles: ['owner'] });
  const folder = await mkdtemp(join(tmpdir(), 'troupe-shop-'));
  try {
    for (let i = 0; i < many; i += 1) await writeFile(join(folder, `picture-${i}.png`), png(i));
    const { importId } = await house.run(operator, importWorks, { file: folder, brandId: 'gallery' });
    await house.settle();
    const { items } = await house.run(operator, getImport, { importId, limit: 100 });
    return items.map(({ assetId, error }) => {
      if (assetId === undefined) throw new Error(`a picture was not imported: ${error?.message ?? 'it still waits'}`);
      return assetId;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A picture of 16 x 16 grey stripes, another one for each number. */
function png(number: number): Buffer {
  const side = 16;
  const rows = Array.from({ length: side }, (_, y) => [
    0,
    ...Array.from({ length: side }, (_, x) => ((x + 1) * (y + number * 7 + 1) * 37) % 256),
  ]);
  const header = Buffer.from([0, 0, 0, side, 0, 0, 0, side, 8, 0, 0, 0, 0]);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.from(rows.flat()))), chunk('IEND')]);
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

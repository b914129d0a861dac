import { assertMayEnter } from '#lib/server/me.ts';
import type { PageServerLoad } from './$types';

const TYPES = ['asset', 'liability', 'equity', 'income', 'expense'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  await assertMayEnter(locals, 'ledger');
  const type = TYPES.find((one) => one === url.searchParams.get('type'));
  const brandId = url.searchParams.get('brand') ?? '';
  const cursor = url.searchParams.get('cursor');
  const brand = brandId ? { brandId } : {};
  const [accounts, report, brands] = await Promise.all([
    locals.api.ledger.listAccounts({ limit: 50, ...(type ? { type } : {}), ...brand, ...(cursor ? { cursor } : {}) }),
    locals.api.ledger.getProfitAndLoss(brand),
    locals.api.identity.listBrands({ limit: 100 }),
  ]);
  return {
    accounts: accounts.items,
    nextCursor: accounts.nextCursor,
    report,
    filter: { type: type ?? '', brand: brandId },
    types: TYPES.map((value) => ({ value, label: value })),
    brands: brands.items.map(({ brandId, name }) => ({ value: brandId, label: name })),
  };
};

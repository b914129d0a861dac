import { defineSeed } from '@troupe-os/core';
import { ensureAccount } from './accounts.ts';
import type { NewAccount } from './contract.ts';
import { units } from './schema.ts';

const BRANDS = [
  { brandId: 'zig-zag', name: 'Zig-Zag' },
  { brandId: 'gallery', name: 'Gallery' },
  { brandId: 'vault', name: 'Vault' },
];

const COMPANY: readonly Omit<NewAccount, 'unit'>[] = [
  { path: 'assets:bank', title: 'Bank', type: 'asset' },
  { path: 'assets:processors', title: 'With payment processors', type: 'asset' },
  { path: 'liabilities:royalties', title: 'Royalties payable', type: 'liability' },
  { path: 'liabilities:tax', title: 'Taxes payable', type: 'liability' },
  { path: 'equity:capital', title: 'Capital', type: 'equity' },
  { path: 'income:services', title: 'Services', type: 'income' },
  { path: 'expenses:fees', title: 'Fees of processors', type: 'expense' },
  { path: 'expenses:operations', title: 'Operations', type: 'expense' },
];

/** Units and a small chart of accounts in euros: what the company and its brands need to begin with. */
export const chartOfAccounts = defineSeed({
  name: 'chart-of-accounts',
  when: 'base',
  async run(ctx) {
    await ctx.db
      .insert(units)
      .values([
        { code: 'EUR', title: 'Euro', scale: 2, createdAt: ctx.now },
        { code: 'USD', title: 'US dollar', scale: 2, createdAt: ctx.now },
      ])
      .onConflictDoNothing();
    for (const account of [...COMPANY, ...BRANDS.flatMap(accountsOfBrand)]) await ensureAccount(ctx, { ...account, unit: 'EUR' });
  },
});

function accountsOfBrand({ brandId, name }: { brandId: string; name: string }): Omit<NewAccount, 'unit'>[] {
  return [
    { path: `income:sales:${brandId}`, title: `Sales of ${name}`, type: 'income', brandId },
    { path: `income:royalties:${brandId}`, title: `Royalties earned by ${name}`, type: 'income', brandId },
    { path: `expenses:royalties:${brandId}`, title: `Royalties due from ${name}`, type: 'expense', brandId },
    { path: `expenses:goods:${brandId}`, title: `Cost of what ${name} sold`, type: 'expense', brandId },
  ];
}

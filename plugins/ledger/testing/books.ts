// Books to test with: the ledger on a database of its own, with the accounts that a test names.
import type { AnyAction, Plugin } from '@troupe-os/core';
import { startTestKernel } from '@troupe-os/core/testing';
import { createUnit } from '../src/actions/create-unit.ts';
import { openAccount } from '../src/actions/open-account.ts';
import { postEntry } from '../src/actions/post-entry.ts';
import type { AccountType } from '../src/contract.ts';
import { ledgerPlugin } from '../src/index.ts';

export interface TestAccount {
  readonly type: AccountType;
  /** Default EUR. */
  readonly unit?: string;
  readonly brandId?: string;
  readonly minimum?: string;
}

/** Starts a kernel with the ledger and these accounts, by path; `admin` is somebody who keeps the books. */
export async function startBooks(
  accounts: Readonly<Record<string, TestAccount>> = {},
  others: readonly Plugin<string, readonly AnyAction[]>[] = [],
) {
  const books = await startTestKernel([ledgerPlugin, ...others]);
  const admin = books.as({ id: 'ann', roles: ['admin'] });
  for (const [code, scale] of [
    ['EUR', 2],
    ['USD', 2],
    ['PTS', 0],
  ] as const)
    await books.run(admin, createUnit, { code, title: code, scale });
  for (const [path, account] of Object.entries(accounts))
    await books.run(admin, openAccount, { path, title: path, unit: 'EUR', ...account });

  /** Posts what is moved from one account to another, in EUR. */
  const move = (
    from: string,
    to: string,
    amount: bigint,
    more: { memo?: string; key?: string; effectiveAt?: string; brandId?: string } = {},
  ) =>
    books.run(admin, postEntry, {
      memo: `${from} to ${to}`,
      ...more,
      postings: [
        { path: to, unit: 'EUR', amount: String(amount) },
        { path: from, unit: 'EUR', amount: String(-amount) },
      ],
    });
  return { ...books, admin, move };
}

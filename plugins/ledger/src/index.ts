import { definePlugin, provide } from '@troupe-os/core';
import { ensureAccount } from './accounts.ts';
import { createUnit } from './actions/create-unit.ts';
import { getBalance } from './actions/get-balance.ts';
import { getEntry } from './actions/get-entry.ts';
import { getProfitAndLoss } from './actions/get-profit-and-loss.ts';
import { getStatement } from './actions/get-statement.ts';
import { listAccounts } from './actions/list-accounts.ts';
import { listUnits } from './actions/list-units.ts';
import { openAccount } from './actions/open-account.ts';
import { postEntry } from './actions/post-entry.ts';
import { reverseEntry } from './actions/reverse-entry.ts';
import { entryPosted, ledgerPort } from './contract.ts';
import { recordEntry } from './entries.ts';
import { ledgerErrors } from './errors.ts';
import { accounts, balances, entries, postings, units } from './schema.ts';
import { chartOfAccounts } from './seeds.ts';

export const ledgerPlugin = definePlugin({
  id: 'ledger',
  version: '0.1.0',
  from: import.meta.url,
  permissions: {
    'ledger.entry.post': { title: 'Post entries in the books', roles: ['admin'] },
    'ledger.entry.reverse': { title: 'Take entries of the books back', roles: ['admin'] },
    'ledger.entry.read': { title: 'Read the books: accounts, balances, entries and reports', roles: ['admin'] },
    'ledger.account.open': { title: 'Add accounts to the chart of accounts', roles: ['admin'] },
    'ledger.unit.create': { title: 'Add units that accounts can be kept in', roles: ['admin'] },
    'ledger.unit.read': { title: 'See the units of the books', roles: ['viewer'] },
  },
  tables: {
    units: { table: units, read: 'ledger.unit.read', hidden: [], unrecorded: [] },
    accounts: { table: accounts, read: 'ledger.entry.read', hidden: [], unrecorded: [] },
    balances: { table: balances, read: 'ledger.entry.read', hidden: [], unrecorded: [] },
    entries: { table: entries, read: 'ledger.entry.read', hidden: ['digest'], unrecorded: [], counterparty: 'counterparty' },
    postings: {
      table: postings,
      read: 'ledger.entry.read',
      hidden: [],
      unrecorded: [],
      sums: { account: 'accountId', unit: 'unit', amount: 'amount' },
      codes: ['unit'],
    },
  },
  actions: [
    postEntry,
    reverseEntry,
    getEntry,
    openAccount,
    listAccounts,
    getBalance,
    getStatement,
    getProfitAndLoss,
    createUnit,
    listUnits,
  ],
  errors: [ledgerErrors],
  events: [entryPosted],
  provides: [
    provide(ledgerPort, (ctx) => ({
      ensureAccount: (account) => ensureAccount(ctx, account),
      post: (entry) => recordEntry(ctx, entry),
    })),
  ],
  seeds: [chartOfAccounts],
  widgets: [
    { name: 'profit-and-loss', title: 'Profit and loss by brand', action: getProfitAndLoss, view: 'chart' },
    { name: 'recent-postings', title: 'Latest postings', action: getStatement, view: 'table' },
  ],
});

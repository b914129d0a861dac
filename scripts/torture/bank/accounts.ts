// The bank: accounts whose total never changes, in a house that several processes may open.
import { type House, openHouse } from '../../../core/src/house.ts';
import { defineInstallation } from '../../../core/src/installation.ts';
import { readSettings } from '../../../core/src/settings.ts';
import { identityPlugin } from '../../../plugins/identity/src/index.ts';
import { ledgerPlugin } from '../../../plugins/ledger/src/index.ts';
import type { Home } from '../../bench/places.ts';
import { operator } from '../treasury.ts';

export const ACCOUNTS = 8;
const EACH = 10_000n;
export const TOTAL = EACH * BigInt(ACCOUNTS);
const UNIT = 'EUR';
const PARENT = 'assets:vaults';
export const pathOf = (account: number) => `${PARENT}:${account}`;

export interface Transfer {
  /** The idempotency key, and the memo. */
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

export function openBank({ folder, databaseUrl }: Home): Promise<House> {
  const env = { TROUPE_HOME: folder, LOG_LEVEL: 'silent', ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) };
  return openHouse(defineInstallation({ plugins: [identityPlugin, ledgerPlugin], surfaces: [] }), readSettings(env, folder));
}

export async function fillAccounts(house: House): Promise<void> {
  await house.kernel.seed({ rehearsal: false });
  for (let account = 0; account < ACCOUNTS; account++) {
    const path = pathOf(account);
    await ask(house, 'ledger.open-account', { path, title: path, type: 'asset', unit: UNIT, minimum: '0' });
    await ask(house, 'ledger.post-entry', { memo: 'opening', postings: postingsOf('equity:capital', path, EACH) });
  }
}

/** Throws ledger.below_minimum where the account has not so much. */
export async function transfer(house: House, { key, from, to, amount }: Transfer): Promise<void> {
  await ask(house, 'ledger.post-entry', { memo: key, postings: postingsOf(pathOf(from), pathOf(to), BigInt(amount)) }, key);
}

/** All balances, in one answer. */
export async function readBalances(house: House): Promise<bigint[]> {
  const { items } = (await ask(house, 'ledger.list-accounts', { path: PARENT, limit: ACCOUNTS + 1 })) as {
    items: { path: string; balance: string }[];
  };
  return Array.from({ length: ACCOUNTS }, (_, account) =>
    BigInt(items.find(({ path }) => path === pathOf(account))?.balance ?? Number.NaN),
  );
}

async function ask({ kernel }: House, action: string, input: unknown, idempotencyKey?: string): Promise<unknown> {
  const call = { action, input, caller: operator, surface: 'torture', requestId: crypto.randomUUID() };
  return (await kernel.execute({ ...call, ...(idempotencyKey ? { idempotencyKey } : {}) })).output;
}

const postingsOf = (from: string, to: string, amount: bigint) => [
  { path: from, unit: UNIT, amount: String(-amount) },
  { path: to, unit: UNIT, amount: String(amount) },
];

// Accounts: opening them, finding them, and who may see them.
import type { Context } from '@troupe-os/core';
import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import type { NewAccount } from './contract.ts';
import { ledgerErrors } from './errors.ts';
import { reaches } from './reach.ts';
import { accounts, balances } from './schema.ts';

/** Finds or opens an account, as the port promises it. Errors: ledger.unknown_unit, ledger.account_differs. */
export async function ensureAccount(ctx: Context, wanted: NewAccount): Promise<{ accountId: string }> {
  const found = await findAccount(ctx, wanted);
  const account = found ?? (await insertAccount(ctx, wanted)) ?? (await findAccount(ctx, wanted)); // the last: another call opened it just now
  if (!account || account.type !== wanted.type || (account.brandId ?? undefined) !== wanted.brandId) {
    throw ledgerErrors.account_differs({ path: wanted.path, unit: wanted.unit, type: account?.type, brandId: account?.brandId });
  }
  return { accountId: account.id };
}

/** Opens a new account. Errors: ledger.unknown_unit, ledger.account_taken. */
export async function openAccount(
  ctx: Context,
  wanted: NewAccount & { minimum?: bigint | undefined },
): Promise<{ accountId: string }> {
  const account = await insertAccount(ctx, wanted);
  if (!account) throw ledgerErrors.account_taken({ path: wanted.path, unit: wanted.unit });
  return { accountId: account.id };
}

/**
 * An account that the caller may read, with its balance now. The unit may be left out where the path has accounts in one only.
 * Errors: ledger.unknown_account, also where it is not theirs to see; ledger.unit_needed.
 */
export async function readAccount(ctx: Context, permission: string, { path, unit }: { path: string; unit?: string | undefined }) {
  const found = await ctx.db
    .select(accountColumns)
    .from(accounts)
    .innerJoin(balances, eq(balances.accountId, accounts.id))
    .where(and(eq(accounts.path, path), unit === undefined ? undefined : eq(accounts.unit, unit)))
    .orderBy(accounts.unit);
  const reached = found.filter(({ brandId }) => reaches(ctx, permission, brandId));
  const [account, another] = reached;
  if (!account) throw ledgerErrors.unknown_account({ path, unit });
  if (another) throw ledgerErrors.unit_needed({ path, units: reached.map((one) => one.unit) });
  return account;
}

/** Errors: ledger.unknown_account, if one of these is not there or not the caller's to write to. */
export async function assertAccountsReached(
  ctx: Context,
  permission: string,
  wanted: readonly { path: string; unit: string }[],
): Promise<void> {
  if (ctx.actor.rights.get(permission) === 'company') return;
  const found = await ctx.db
    .select({ path: accounts.path, unit: accounts.unit, brandId: accounts.brandId })
    .from(accounts)
    .where(or(...wanted.map(whereIs)));
  for (const { path, unit } of wanted) {
    const account = found.find((one) => one.path === path && one.unit === unit);
    if (!account || !reaches(ctx, permission, account.brandId)) throw ledgerErrors.unknown_account({ path, unit });
  }
}

export const accountColumns = {
  id: accounts.id,
  path: accounts.path,
  title: accounts.title,
  type: accounts.type,
  unit: accounts.unit,
  brandId: accounts.brandId,
  minimum: accounts.minimum,
  balance: balances.balance,
  closed: balances.closed,
};

/** The account itself and all below it in the tree. */
export function isUnder(path: string): SQL {
  return sql`(${accounts.path} = ${path} or starts_with(${accounts.path}, ${`${path}:`}))`;
}

function whereIs({ path, unit }: { path: string; unit: string }) {
  return and(eq(accounts.path, path), eq(accounts.unit, unit));
}

async function findAccount(ctx: Context, at: { path: string; unit: string }) {
  const [account] = await ctx.db.select().from(accounts).where(whereIs(at));
  return account;
}

async function insertAccount(
  ctx: Context,
  { path, title, type, unit, brandId, minimum }: NewAccount & { minimum?: bigint | undefined },
) {
  const row = { id: crypto.randomUUID(), path, title, type, unit, brandId, minimum, createdAt: ctx.now };
  const [account] = await ctx.db.insert(accounts).values(row).onConflictDoNothing().returning();
  return account;
}

// What other plugins may know of the ledger: its port and its event.
import { amount, defineEvent, definePort, moment } from '@troupe-os/core/contract';
import { z } from 'zod';

export const ACCOUNT_TYPES = ['asset', 'liability', 'equity', 'income', 'expense'] as const;
export type AccountType = (typeof ACCOUNT_TYPES)[number];

/** Code of a unit: a currency, a token, points; e.g. `EUR`. */
export const unitCode = z
  .string()
  .regex(/^[A-Z][A-Z0-9-]{1,15}$/, 'A unit is a code of capital letters and digits, e.g. EUR.')
  .describe('Code of the unit, e.g. "EUR".');

/** Place of an account in the tree: lower-case parts divided by colons, unique for each unit; e.g. `income:sales:gallery`. */
export const accountPath = z
  .string()
  .max(200)
  .regex(/^[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)*$/, 'A path is lower-case parts divided by colons, e.g. assets:bank.')
  .describe('Path of the account, e.g. "assets:bank" or "income:sales:gallery".');

export interface NewAccount {
  readonly path: string;
  readonly title: string;
  readonly type: AccountType;
  readonly unit: string;
  readonly brandId?: string | undefined;
}

export interface NewPosting {
  /** The account, together with `unit`. */
  readonly path: string;
  readonly unit: string;
  /** Minor units; debit positive, credit negative, never zero. */
  readonly amount: bigint;
}

export interface NewEntry {
  /** Names the entry for good: the same key with the same content is the same entry. Begin it with what it is about, e.g. `order:<id>:paid`. */
  readonly key: string;
  readonly memo: string;
  readonly brandId?: string | undefined;
  readonly orderId?: string | undefined;
  readonly assetId?: string | undefined;
  readonly counterparty?: string | undefined;
  /** When it counts in reports; default: now. */
  readonly effectiveAt?: Date | undefined;
  /** At least two; in each unit they add up to zero. */
  readonly postings: readonly NewPosting[];
}

export interface LedgerPort {
  /**
   * Finds or opens the account of this path and unit.
   * Errors: ledger.unknown_unit, ledger.account_differs (it is there with another type or brand).
   */
  ensureAccount(account: NewAccount): Promise<{ accountId: string }>;
  /**
   * Posts an entry, once for each key.
   * Errors: ledger.unbalanced, ledger.bad_amount, ledger.unknown_account, ledger.account_closed, ledger.below_minimum, ledger.key_reused.
   */
  post(entry: NewEntry): Promise<{ entryId: string }>;
}

export const ledgerPort = definePort<LedgerPort>('ledger', ['ensureAccount', 'post']);

/** An entry was posted. Its subject is the entry. */
export const entryPosted = defineEvent({
  name: 'ledger.entry-posted',
  subject: ({ entryId }) => entryId,
  schema: z.strictObject({
    entryId: z.uuid(),
    key: z.string(),
    memo: z.string(),
    brandId: z.string().optional(),
    orderId: z.string().optional(),
    assetId: z.string().optional(),
    counterparty: z.string().optional(),
    /** The entry that this one takes back. */
    reverses: z.uuid().optional(),
    effectiveAt: moment,
    postings: z.array(z.strictObject({ path: z.string(), unit: unitCode, amount })),
  }),
});

// Wrong passwords and codes are counted in the record itself: a refused call rolls back all that it wrote, but its `failed` row stays,
// with the account in the details of the error. So the count holds across restarts and processes, and nothing can reset it.

import type { Db } from '@troupe-os/core';
import { sql } from 'drizzle-orm';
import { identityErrors } from './errors.ts';
import { hashSecret } from './secrets.ts';

const MOST_TRIES = 10;
const WINDOW_MS = 15 * 60_000;
const ACCOUNT_CHARACTERS = 32;

interface Attempt {
  /** As `accountMark` names it. */
  readonly account: string;
  readonly address: string | undefined;
  readonly now: Date;
}

/** How an account is named in the record, by its address or its id: what was typed is not written down, it may be a password. */
export function accountMark(account: string): string {
  return hashSecret(account.toLowerCase()).slice(0, ACCOUNT_CHARACTERS);
}

/**
 * Refuses after ten wrong tries within a quarter of an hour, for one account or from one network address.
 * What is being checked at this moment is not counted yet: at most four checks a process. Errors: identity.too_many_tries.
 */
export async function assertTriesLeft(db: Db, { account, address, now }: Attempt): Promise<void> {
  const failed = sql`with failed as (
    select entry.call_id, entry.at, entry.address from core.audit_entries entry
    where entry.action in ('identity.sign-in', 'identity.set-password', 'identity.confirm-sign-in') and entry.outcome = 'failed'
      and entry.error in (${identityErrors.wrong_credentials.code}, ${identityErrors.wrong_code.code}) and entry.at > ${new Date(now.getTime() - WINDOW_MS).toISOString()}
  )`;
  const [tries] = (await db.execute(sql`${failed} select
    (select count(*)::integer from failed where failed.address = ${address ?? null}) as here,
    (select count(*)::integer from failed join core.audit_bodies body on body.call_id = failed.call_id and body.outcome = 'failed'
      where body.body::jsonb #>> '{details,account}' = ${account}) as account`)) as unknown as {
    here: number;
    account: number;
  }[];
  if (tries && (tries.here >= MOST_TRIES || tries.account >= MOST_TRIES)) throw identityErrors.too_many_tries();
}

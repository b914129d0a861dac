// Whether a call may go on: by name, by what it says, and with its record in hand.
import { sql } from 'drizzle-orm';
import type { Database, Tx } from '../db/database.ts';
import type { Need } from '../define/governor.ts';
import type { PolicyQuestion } from '../define/policy.ts';
import type { Approvals } from './approvals.ts';
import { type Authority, type Authorizer, switchedOff } from './authorize.ts';
import type { Call } from './call.ts';
import type { Inside } from './inside.ts';
import { needsByRules, needsOf } from './policy.ts';
import type { Registry } from './registry.ts';
import { questionOf, type Work } from './work.ts';

interface Parts {
  readonly registry: Registry;
  readonly database: Database;
  readonly authorizer: Authorizer;
  readonly approvals: Approvals;
}

export function createDecider({ registry, database, authorizer, approvals }: Parts) {
  /** What refuses is asked once more where rights or rules have changed since this process looked. */
  async function decide(work: Work, call: Call, authority: Authority, input: unknown) {
    const ask = (by: Authority) => {
      assertPermitted(work, call, by);
      return { authority: by, needs: needsNow(work, by, questionOf(work, call, by, input)) };
    };
    try {
      return ask(authority);
    } catch (refusal) {
      const now = await authorizer.of(call.caller, database, { fresh: true });
      if (now.version === authority.version) throw refusal;
      return ask(now);
    }
  }

  /** Of what runs in a plugin's own name nobody asks a permission. */
  function assertPermitted(work: Work, call: Call, authority: Authority): void {
    const { permission, action } = work;
    const refusal = permission === undefined ? undefined : authorizer.refusal(authority, permission, action);
    const stop = refusal ?? switchedOff(authority, call.caller, work);
    if (stop) throw stop;
  }

  /** Rights as this transaction sees them; where they have changed, the policies are asked again too. */
  async function regate({ work, call, authority, needs, input }: Inside, version: string, tx: Tx) {
    if (version === authority.version) return { authority, needs };
    const now = await authorizer.of(call.caller, tx, { version });
    assertPermitted(work, call, now);
    return { authority: now, needs: needsNow(work, now, questionOf(work, call, now, input)) };
  }

  /**
   * Policies, and the rules on the action: on a write that names its record with the record in hand only, so that they decide once.
   * Errors: core.denied, core.approval_unavailable.
   */
  function needsNow(work: Work, authority: Authority, question: PolicyQuestion, isLocked = false): readonly Need[] {
    const hasRecord = work.resource !== undefined && work.effect === 'write';
    const byRules = isLocked || !hasRecord ? needsByRules(authority, question) : [];
    const needs = [...needsOf(registry.policies, question), ...byRules];
    approvals.assertCanWait(work, needs);
    return needs;
  }

  /** Locks the record that the action is about, and asks the policies again with it in hand. */
  async function lockAndDecide({ work, call, input }: Inside, authority: Authority, tx: Tx) {
    const asked = questionOf(work, call, authority, input);
    if (!work.resource) return { needs: [], question: asked };
    const table = registry.tables.get(work.resource.table);
    const id = idOf(work.resource, input as Record<string, unknown>);
    const [record] =
      table && id !== undefined
        ? await tx.rows<Record<string, unknown>>(
            sql`select * from ${table.rule.table} where ${sql.identifier(table.primaryKey)} = ${id} for update`,
          )
        : [];
    const question = { ...asked, record };
    return { needs: needsNow(work, authority, question, true), question };
  }

  /** What the input says of the record's id; undefined: nothing. */
  function idOf({ key, through }: NonNullable<Work['resource']>, input: Record<string, unknown>): unknown {
    const naming = through && registry.tables.get(through.table);
    if (!through || !naming || input[key] === undefined) return input[key];
    const column = naming.columns[through.column] ?? through.column;
    return sql`(select ${sql.identifier(column)} from ${naming.rule.table} where ${sql.identifier(naming.primaryKey)} = ${input[key]})`;
  }

  return { decide, regate, lockAndDecide };
}

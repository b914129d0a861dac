// How often one may call, before anything is looked at. Each process counts by the minute in its memory, so that a read costs no statement;
// of whoever writes a lot or fails a lot, the database counts the rest for all processes together.
import { sql } from 'drizzle-orm';
import type { Log } from '../context.ts';
import type { Database } from '../db/database.ts';
import { coreErrors, type TroupeError } from '../errors.ts';
import { isThisMachine, networkPrefix } from '../network-prefix.ts';
import { auditEntry, type CallFacts, recordDenial, whoOf } from './audit.ts';
import type { Call } from './call.ts';
import { describeForLog } from './translate.ts';

/** Calls in one minute; 0: as many as they like. */
export interface CallLimits {
  /** Of one actor; an agent for each person that it acts for. */
  readonly actor: number;
  /** From one network address (IPv6: one /64), whoever calls. */
  readonly address: number;
  /** Writes of visitors, from one address. */
  readonly guestWrites: number;
  /** Calls of visitors that were refused or failed, from one address: each may leave a row of the record. */
  readonly guestFailures: number;
}

type LimitedCall = Pick<Call, 'caller'>;

export interface CallCounter {
  /** Counts a call. `facts`: what is recorded of it if it is refused. Errors: core.too_many_calls. */
  take(call: LimitedCall, effect: 'read' | 'write', facts: () => CallFacts): Promise<void>;
  /** Refuses what `take` would refuse, and counts nothing. Errors: core.too_many_calls. */
  assertLeft(call: LimitedCall, effect: 'read' | 'write', facts: () => CallFacts): Promise<void>;
  /** Counts a call that was refused or failed. */
  failed(call: LimitedCall): Promise<void>;
  /** Hands in the refusals that are counted here. */
  flush(): Promise<void>;
  /** Forgets the counts of earlier minutes. */
  sweep(): Promise<void>;
}

interface Allowance {
  readonly limit: keyof CallLimits;
  readonly key: string;
  readonly most: number;
}

interface Refusals {
  readonly facts: CallFacts;
  readonly error: TroupeError;
  readonly minute: number;
  repeats: number;
}

const MINUTE_MS = 60_000;
/** Whoever is counted longest ago in a minute is forgotten beyond these: a flood must not fill the memory. */
const MOST_KEYS = 100_000;
/** So many refused ones have a row of the record in a minute. */
const MOST_REFUSED = 10_000;
/** A process counts so much of a limit by itself, before it asks the database. */
const OWN_SHARE = 1 / 4;
/** This very machine, and surfaces that know no address, stand for many: a proxy, a chat. */
const MANY = 10;

export function createCallCounter(parts: { limits: CallLimits; database: Database; log: Log; clock(): Date }): CallCounter {
  const { limits, database, log } = parts;
  let minute = 0;
  let counts = new Map<string, number>();
  let refused = new Map<string, Refusals>();
  let timer: NodeJS.Timeout | undefined;

  function turn(): void {
    const now = Math.floor(parts.clock().getTime() / MINUTE_MS);
    if (now === minute) return;
    minute = now;
    counts = new Map();
    if (refused.size > 0) void flush();
  }

  function add({ key }: Allowance): number {
    const count = (counts.get(key) ?? 0) + 1;
    if (count === 1 && counts.size >= MOST_KEYS) for (const oldest of counts.keys()) if (counts.delete(oldest)) break;
    counts.set(key, count);
    return count;
  }

  /** Counts one more beyond this process's own share. False: all processes together have reached the limit. */
  async function share(allowance: Allowance, count: number): Promise<boolean> {
    const { key, most } = allowance;
    const own = Math.floor(most * OWN_SHARE);
    if (count <= own) return true;
    const counted = await database.rows(sql`insert into core.call_counts as c (minute, key, calls)
      values (to_timestamp(${minute * 60}), ${key}, 1)
      on conflict (minute, key) do update set calls = c.calls + 1 where c.calls < ${most - own} returning 1`);
    if (counted.length === 0) counts.set(key, most);
    return counted.length > 0;
  }

  async function refuse({ limit, key }: Allowance, facts: () => CallFacts): Promise<never> {
    const retryAfterSeconds = Math.max(1, Math.ceil(((minute + 1) * MINUTE_MS - parts.clock().getTime()) / 1000));
    const error = coreErrors.too_many_calls({ limit, retryAfterSeconds });
    const known = refused.get(key);
    if (known) known.repeats++;
    else if (refused.size < MOST_REFUSED) {
      const first = { facts: facts(), error, minute, repeats: 0 };
      refused.set(key, first);
      timer ??= setTimeout(() => void flush(), MINUTE_MS).unref();
      await recordDenial(database, first.facts, error).catch((cause: unknown) =>
        log.error('a refused call could not be recorded', { error: describeForLog(cause) }),
      );
    }
    throw error;
  }

  async function assertLeft(call: LimitedCall, effect: 'read' | 'write', facts: () => CallFacts): Promise<Allowance[]> {
    turn();
    const allowances = allowancesOf(limits, call, effect);
    for (const one of allowances) if ((counts.get(one.key) ?? 0) >= one.most) await refuse(one, facts);
    return allowances.filter(({ limit }) => limit !== 'guestFailures');
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const past = refused;
    refused = new Map();
    for (const { facts, error, minute, repeats } of past.values()) {
      if (repeats === 0) continue;
      const entry = JSON.stringify(auditEntry(facts, 'denied', error));
      await database
        .rows(sql`select core.count_denials(to_timestamp(${minute * 60}), ${whoOf(facts)}, ${entry}::jsonb, ${repeats})`)
        .catch((cause: unknown) => log.error('refused calls could not be counted', { error: describeForLog(cause) }));
    }
  }

  return {
    async take(call, effect, facts) {
      const taken = await assertLeft(call, effect, facts);
      const counted = taken.map((allowance) => ({ allowance, count: add(allowance) }));
      if (effect === 'read') return;
      for (const { allowance, count } of counted) if (!(await share(allowance, count))) await refuse(allowance, facts);
    },
    async assertLeft(call, effect, facts) {
      await assertLeft(call, effect, facts);
    },
    async failed(call) {
      turn();
      const all = allowancesOf(limits, call, 'read');
      const one = all.find(({ limit }) => limit === 'guestFailures') ?? all.find(({ limit }) => limit === 'actor');
      if (one) await share(one, add(one));
    },
    flush,
    async sweep() {
      await database.rows(sql`delete from core.call_counts where minute < now() - interval '5 minutes'`);
    },
  };
}

/** Neither the operator of the machine nor a plugin in its own name is counted. */
function allowancesOf(limits: CallLimits, { caller }: LimitedCall, effect: 'read' | 'write'): Allowance[] {
  const { principal, onBehalfOf, address } = caller;
  if (principal.kind === 'operator' || principal.kind === 'service') return [];
  const network = address === undefined ? 'none' : networkPrefix(address, { v4: 32, v6: 64 });
  const times = address === undefined || isThisMachine(address) ? MANY : 1;
  const from = (limit: keyof CallLimits): Allowance => ({ limit, key: `${limit} ${network}`, most: limits[limit] * times });
  const isGuest = principal.kind === 'guest';
  return [
    ...(isGuest ? [] : [{ limit: 'actor' as const, key: `actor ${principal.id} ${onBehalfOf?.id ?? ''}`, most: limits.actor }]),
    from('address'),
    ...(isGuest && effect === 'write' ? [from('guestWrites')] : []),
    ...(isGuest ? [from('guestFailures')] : []),
  ].filter(({ most }) => most > 0);
}

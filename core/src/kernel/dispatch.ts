// Delivers events after their commit: at least once, in the order of their subject. A delivery and what its handler
// writes are one transaction, so a subscriber sees each event once as far as the database goes.
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Log } from '../context.ts';
import type { Database } from '../db/database.ts';
import type { ToldEvent } from '../define/event.ts';
import { houseErrors, TroupeError } from '../errors.ts';
import type { Authorizer } from './authorize.ts';
import { type Call, service } from './call.ts';
import type { Executor } from './execute.ts';
import type { RegisteredSubscription, Registry } from './registry.ts';
import { describeForLog } from './translate.ts';
import { pluginWork, type Work } from './work.ts';

/** Tries before a delivery is dead, with pauses of 1, 2, 4 ... seconds, at most 5 minutes. */
const MOST_ATTEMPTS = 8;
const LONGEST_PAUSE_SECONDS = 300;
const AT_ONCE = 4;
const POLL_MS = 5_000;

interface Waiting {
  readonly event_id: string;
  readonly subscription: string;
  readonly name: string;
  readonly subject: string;
  readonly payload: string;
  readonly request_id: string;
  readonly trace: string;
  readonly tainted: boolean;
  readonly attempts: number;
}

export interface Dispatcher {
  start(): Promise<void>;
  /** Delivers all that is due, also what becomes due by it. Answers how many deliveries were done. */
  drain(): Promise<number>;
  /** Deliveries that could be made now, those in work included. */
  waiting(): Promise<number>;
  stop(): Promise<void>;
}

interface DispatchParts {
  readonly registry: Registry;
  readonly database: Database;
  readonly authorizer: Authorizer;
  readonly log: Log;
  clock(): Date;
}

export function createDispatcher(parts: DispatchParts, runCall: Executor['runCall']): Dispatcher {
  const { registry, database } = parts;
  let unlisten: (() => Promise<void>) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | undefined;
  let again = false;
  let stopped = false;

  /** The first delivery of each subject and subscription that is due and has nothing before it. */
  const isHead = () => sql`d.state = 'waiting' and d.due_at <= ${parts.clock().toISOString()} and not exists (
    select from core.deliveries e
    where e.subscription = d.subscription and e.subject = d.subject and e.event_id < d.event_id
      and (e.state = 'waiting' or (e.state = 'dead' and e.blocks)))`;

  const due = () =>
    database.rows<Waiting>(sql`
      select d.event_id, d.subscription, d.subject, o.name, o.payload, o.request_id, o.trace, o.tainted, d.attempts
      from core.deliveries d join core.outbox o on o.id = d.event_id where ${isHead()} order by d.event_id limit ${AT_ONCE}
      for update of d skip locked`); // what another process delivers now must not hide what comes behind it

  async function drain(): Promise<number> {
    let delivered = 0;
    for (;;) {
      const heads = stopped ? [] : await due();
      if (heads.length === 0) return delivered;
      const results = await Promise.all(heads.map(deliver));
      delivered += results.filter((result) => result === 'delivered').length;
      if (results.every((result) => result === 'taken')) return delivered; // another process is at them: it is woken too
    }
  }

  async function deliver(waiting: Waiting): Promise<'delivered' | 'taken' | 'postponed'> {
    const found = registry.subscriptions.get(waiting.name)?.find(({ id }) => id === waiting.subscription);
    try {
      if (!found) throw houseErrors.unknown_subscription();
      const { subscription } = found;
      if ('isWanted' in subscription && !(await subscription.isWanted(database.db, toldOf(waiting)))) {
        await database.rows(sql`update core.deliveries set state = 'done', error = null
          where event_id = ${waiting.event_id} and subscription = ${waiting.subscription} and state = 'waiting'`);
        return 'delivered';
      }
      const caller = { principal: service(found.plugin.id), tainted: waiting.tainted };
      const call: Call = {
        action: found.id,
        input: JSON.parse(waiting.payload),
        caller,
        surface: 'event',
        requestId: waiting.request_id,
        trace: waiting.trace,
      };
      const { replayed } = await runCall(deliveryWork(found, waiting), call, await parts.authorizer.of(caller, database));
      return replayed ? 'taken' : 'delivered';
    } catch (error) {
      await postpone(waiting, error instanceof TroupeError ? error.code : 'core.internal');
      return 'postponed';
    }
  }

  async function postpone({ event_id, subscription, name, attempts }: Waiting, code: string): Promise<void> {
    const dead = attempts + 1 >= MOST_ATTEMPTS;
    const pauseSeconds = Math.min(2 ** attempts, LONGEST_PAUSE_SECONDS);
    const dueAt = new Date(parts.clock().getTime() + pauseSeconds * 1000).toISOString();
    if (dead) parts.log.error('an event is a dead letter', { event: name, subscription, code });
    await database.rows(sql`
      update core.deliveries set attempts = attempts + 1, error = ${code}, due_at = ${dueAt}, state = ${dead ? 'dead' : 'waiting'}
      where event_id = ${event_id} and subscription = ${subscription} and state = 'waiting'`);
  }

  /** One drain at a time; what arrives during it starts the next. */
  function wake(): void {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    again = false;
    running = drain()
      .then(() => database.rows(sql`select core.flush_denials()`))
      .catch((error: unknown) => parts.log.error('events could not be delivered', { error: describeForLog(error) }))
      .finally(() => {
        running = undefined;
        if (again) wake();
      });
  }

  return {
    async start() {
      unlisten = await database.listen('troupe_outbox', wake);
      timer = setInterval(wake, POLL_MS); // for retries that become due, and for a lost notification
      wake();
    },
    drain,
    async waiting() {
      const [row] = await database.rows<{ count: string }>(sql`select count(*) from core.deliveries d where ${isHead()}`);
      return Number(row?.count);
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await unlisten?.();
      await running;
    },
  };
}

const toldOf = ({ event_id, name, subject, payload }: Waiting): ToldEvent => ({
  eventId: String(event_id),
  name,
  subject: subject.slice(subject.indexOf('/') + 1), // behind its plugin's name
  payload: JSON.parse(payload),
});

function deliveryWork({ id, plugin, event, subscription }: RegisteredSubscription, waiting: Waiting): Work {
  return pluginWork({
    kind: 'subscription',
    cause: `${waiting.name} ${waiting.event_id}`,
    name: id,
    plugin,
    input: event.schema,
    output: z.undefined(),
    timeoutMs: 30_000,
    async claim(tx) {
      const [head] = await tx.rows(sql`
        update core.deliveries set state = 'done', error = null
        where (event_id, subscription) = (
          select event_id, subscription from core.deliveries
          where event_id = ${waiting.event_id} and subscription = ${id} and state = 'waiting' and attempts = ${waiting.attempts}
          for update skip locked)
        returning 1`);
      return head !== undefined;
    },
    handler: 'isWanted' in subscription ? (ctx) => subscription.handler(ctx, toldOf(waiting)) : subscription.handler,
  });
}

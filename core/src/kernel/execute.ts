// The one place where handlers run. Read it from top to bottom: it is the list of what every call is guaranteed.
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Tx } from '../db/database.ts';
import { databaseErrors } from '../db/errors.ts';
import type { Job } from '../define/job.ts';
import { coreErrors, TroupeError } from '../errors.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Span, Tracing } from '../observe/trace.ts';
import { createApprovals, Parked } from './approvals.ts';
import {
  type CallFacts,
  finishing,
  isAheadOfNo,
  isOutdated,
  onBehalfOf,
  record,
  recordDenial,
  recordUnlessEnded,
} from './audit.ts';
import { type Authority, type Authorizer, switchedOff } from './authorize.ts';
import type { Answer, Call } from './call.ts';
import type { CallCounter } from './call-limits.ts';
import { keyedDigest } from './canonical.ts';
import { createDecider } from './deciding.ts';
import { type Binding, bindContext } from './handle.ts';
import type { Inside } from './inside.ts';
import { invalidInput } from './invalid-input.ts';
import { createPreparation, type PreparingParts } from './preparing.ts';
import { type CapturedChange, capturedChanges, visibleChanges } from './preview.ts';
import type { RegisteredAction } from './registry.ts';
import { redact } from './schema-rules.ts';
import { storageFault } from './storable.ts';
import { createTaintWatcher } from './taint-watch.ts';
import { describeForLog, translate } from './translate.ts';
import { withSaid, wordsOf } from './words.ts';
import { actionWork, type Described, gateWork, type Work } from './work.ts';

export interface Parts extends PreparingParts {
  readonly authorizer: Authorizer;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  clock(): Date;
  enqueue(tx: Tx, job: Job, input: unknown, call: Call): Promise<string>;
  readonly calls: Pick<CallCounter, 'failed'> | undefined;
}

/** An agent is a model; what a person has a command answer in a conversation is read by one later. */
const isForModel = ({ forModel, caller }: Call): boolean => forModel === true || caller.principal.kind === 'agent';

/** Carries a dry run's result out of the transaction that it rolls back. */
class RolledBack extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super('dry run');
    this.answer = answer;
  }
}

/** A handler that began by rights that are no more, or with a key that was used: the database has refused all that it sent. */
class RanAhead extends Error {
  constructor() {
    super('ran ahead');
  }
}

/** What was asked for at the beginning. When it fails, the handler has first come to its end, so that it never runs twice at once. */
async function begunBefore<T>(beginning: Promise<T[]>, ahead: Promise<Handled> | undefined): Promise<T> {
  try {
    const [begun] = await beginning;
    if (begun) return begun;
  } catch (error) {
    await ahead?.catch(() => undefined);
    throw isAheadOfNo(error) ? new RanAhead() : error;
  }
  throw coreErrors.internal();
}

interface Handled {
  readonly bound: Binding;
  readonly output: unknown;
}

const MOST_TRIES = 3;

export function createExecutor(parts: Parts) {
  const { registry, database, authorizer, metrics } = parts;
  const approvals = createApprovals(parts);
  const { decide, regate, lockAndDecide } = createDecider({ ...parts, approvals });
  const preparation = createPreparation(parts);
  const beginWatch = createTaintWatcher(registry);

  /** Runs an action for a caller. Errors: those of core and of the action's plugin. */
  async function execute(call: Call): Promise<Answer> {
    const registered = registry.actions.get(call.action);
    if (registered) return traced(actionWork(registered, call.surface), call, (inTrace) => gate(inTrace, registered));
    await gate(call, registered);
    throw coreErrors.unknown_action(); // the gate has thrown already: nobody holds a right to what is not there
  }

  /** Whether the name is open to this caller, before any parsing. Surfaces that read large bodies ask first. */
  async function gate(call: Omit<Call, 'input'>, registered: RegisteredAction | undefined): Promise<Authority> {
    const work = gateWork(registered, call.surface);
    const refusalOf = (rights: Authority) =>
      authorizer.refusal(rights, registered?.action.permission, registered?.action.name) ??
      switchedOff(rights, call.caller, work);
    let authority = await authorizer.of(call.caller, database);
    let refusal = refusalOf(authority);
    if (refusal) {
      authority = await authorizer.of(call.caller, database, { fresh: true }); // rights may have been gained elsewhere
      refusal = refusalOf(authority);
    }
    if (!refusal) return authority;
    metrics.denied({ action: registered?.action.name ?? 'unknown', reason: refusal.code });
    await parts.calls?.failed(call);
    await recordDenial(database, refusedFacts(call, registered), refusal);
    throw refusal;
  }

  /** What is recorded of a call that is refused before its input is looked at. */
  function refusedFacts(call: Omit<Call, 'input'>, registered: RegisteredAction | undefined): CallFacts {
    return factsOf(gateWork(registered, call.surface), { ...call, input: undefined }, {});
  }

  /** Runs what is no action: nobody asks for it by name, so its plugin's own authority stands in for the gate. */
  function runCall(work: Work, call: Call, authority: Authority): Promise<Answer> {
    return traced(work, call, async () => authority);
  }

  /** One span and one measurement around each call; whatever it writes carries the trace. */
  function traced(work: Work, call: Call, authorize: (call: Call) => Promise<Authority>): Promise<Answer> {
    const started = performance.now();
    const done = (outcome: string) =>
      metrics.callFinished({
        kind: work.kind,
        action: work.name,
        outcome,
        surface: call.surface,
        seconds: (performance.now() - started) / 1000,
      });
    const attributes = { 'troupe.kind': work.kind, 'troupe.action': work.name, 'troupe.actor': call.caller.principal.id };
    const run = async ({ traceparent }: Span) => {
      try {
        const inTrace = { ...call, trace: traceparent };
        const answer = await guaranteed(work, inTrace, await authorize(inTrace));
        done(answer.replayed ? 'replayed' : call.dryRun ? 'previewed' : 'succeeded');
        return answer;
      } catch (error) {
        done(error instanceof TroupeError && error.kind !== 'internal' ? 'refused' : 'failed');
        throw error;
      }
    };
    return parts.tracing.span(`call ${work.name}`, attributes, run, call.trace);
  }

  async function guaranteed(work: Work, call: Call, asGated: Authority): Promise<Answer> {
    const decoded = work.input.safeDecode(call.input as never);
    if (!decoded.success) {
      metrics.invalidInput({ action: work.name, surface: call.surface });
      throw invalidInput(decoded.error);
    }
    const unstorable = storageFault(call.input);
    if (unstorable) throw coreErrors.invalid_input({ issues: [unstorable] });
    if (call.dryRun && work.effect === 'read') throw coreErrors.not_dry_runnable();

    const facts = factsOf(work, call, redact(work.input, call.input));
    const recorded = work.effect === 'write' || work.risk !== 'low';
    let initiated = false;
    const overtime = new AbortController();
    const until = performance.now() + work.timeoutMs;
    const timer = setTimeout(() => overtime.abort(coreErrors.timeout({ action: work.name })), work.timeoutMs);
    try {
      const { authority, needs } = await decide(work, call, asGated, decoded.data);
      initiated = work.risk === 'high' && !call.dryRun && !(await isReplay(call));
      if (initiated) await record(database, facts, 'initiated');
      const now = parts.clock();
      const watch = isForModel(call) ? beginWatch() : undefined;
      const about = { work, call, authority, facts, needs, input: decoded.data, now, signal: overtime.signal, until, watch };
      const inside: Inside = { ...about, prepared: await preparation.prepare(about) };
      if (work.effect === 'write') {
        const answer = await byTheNewest((isFirst) => write(inside, isFirst && mayRunAhead(inside))).catch((thrown) =>
          park(thrown, inside),
        );
        // the same call was on its way with the same key, and was done
        if (initiated && answer.replayed) await recordEnd(facts, coreErrors.repeated({ callId: answer.callId }), initiated);
        return answer;
      }
      const answer = await byTheNewest((isFirst) => read(inside, isFirst));
      if (recorded) await record(database, facts, 'succeeded');
      return answer;
    } catch (thrown) {
      if (thrown instanceof RolledBack) {
        await record(database, facts, 'previewed');
        return thrown.answer;
      }
      const error = translate(thrown, registry.constraintErrors);
      if (error.code === coreErrors.approval_needed.code) throw error; // its row says that it is parked
      if (error.kind === 'internal')
        parts.log.error('a call failed', {
          callId: facts.callId,
          requestId: call.requestId,
          action: work.name,
          error: describeForLog(thrown),
        });
      if (recorded || isDenial(error)) await recordFailure(facts, error, initiated);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What has to wait is stored in a transaction of its own. */
  async function park(thrown: unknown, inside: Inside): Promise<never> {
    throw thrown instanceof Parked ? await byTheNewest(() => approvals.park(inside, thrown)) : thrown;
  }

  /** A call in whose time rights, rules or limits have changed by another one begins anew. */
  async function byTheNewest<T>(work: (isFirst: boolean) => Promise<T>): Promise<T> {
    for (let [tries, isFirst] = [0, true]; tries < MOST_TRIES; isFirst = false) {
      try {
        return await work(isFirst);
      } catch (error) {
        if (isOutdated(error)) tries += 1;
        else if (!(error instanceof RanAhead)) throw error;
      }
    }
    throw coreErrors.busy();
  }

  /** Whether the handler is the first to do anything in its transaction. */
  const mayRunAhead = ({ work, call }: Inside): boolean => !work.claim && !work.resource && call.approvalId === undefined;

  /**
   * `isAhead`: the handler begins by the rights of a moment ago, its first statements sent together with what asks whether they are those
   * of now, as each way to the database costs more than many a statement. Where they are not, or the key was used, none is executed.
   */
  function write(inside: Inside, isAhead: boolean): Promise<Answer> {
    const { work, call, facts } = inside;
    const key = call.dryRun ? undefined : call.idempotencyKey;
    return database.transaction({ timeoutMs: timeLeft(inside) }, async (tx) => {
      // rights first: whoever lost them a moment ago does nothing; then the key: what was done is answered again
      const beginning = tx.aside<{
        rights_version: string;
        fresh: boolean;
        same: boolean | null;
        answer: string | null;
        first_call: string;
      }>(
        sql`select * from core.begin_call(${facts.callId}, ${call.caller.principal.id}, ${key ?? null}, ${work.name}, ${keyDigest(inside)}, ${inside.now.toISOString()}, ${call.keyLastsSeconds ?? null}, ${isAhead ? inside.authority.version : null}::bigint)`,
      );
      const foreseen = approvals.foresee(inside, tx);
      const ahead = isAhead ? runHandler(inside, inside.authority, tx, beginning) : undefined;
      ahead?.catch(() => undefined); // asked about below
      const begun = await begunBefore(beginning, ahead);
      const { authority, needs: before } = await regate(inside, begun.rights_version, tx);
      if (!begun.fresh) return replay(begun, work);
      if (work.claim && !(await work.claim(tx))) return { callId: facts.callId, output: undefined, replayed: true };

      const claimed = await approvals.claim(inside, tx);
      const onRecord = await lockAndDecide(inside, authority, tx);
      const { bound, output } = await (ahead ?? runHandler(inside, authority, tx));
      const { needs: byRecord, question } = onRecord;
      const asked = { schemas: bound.schemas, needs: [...before, ...byRecord], claimed, question, foreseen };
      const { needs, parked } = await approvals.weigh(inside, authority, tx, asked);
      const captured = call.dryRun ? await capturedChanges(tx, facts.callId) : [];
      const taints = await taintsReader(inside, tx, captured);
      // whoever lost rights or was switched off while the handler worked has done nothing, and rules are asked as they are now
      const closing = finishing(facts, {
        words: withSaid(wordsOf(work, authority), bound.said),
        schemas: approvals.schemas(bound.schemas),
        key,
        answer: work.secretOutput ? undefined : JSON.stringify(output ?? null),
        events: bound.events,
        seen: begun.rights_version,
      });
      const answer = { callId: facts.callId, output, replayed: false, ...taints };
      if (!parked && !call.dryRun) {
        tx.closeWith(closing);
        return answer;
      }
      await tx.rows(closing); // every constraint holds before it is rolled back
      if (parked) throw parked;
      const changes = visibleChanges(captured, registry, authority.actor, { ownCall: true });
      throw new RolledBack({ ...answer, output: redact(work.output, output), changes, ...(needs.length > 0 ? { needs } : {}) });
    });
  }

  /** `isAhead` as for a write. */
  function read(inside: Inside, isAhead: boolean): Promise<Answer> {
    const { facts } = inside;
    return database.transaction({ readOnly: true, isolation: 'repeatable read', timeoutMs: timeLeft(inside) }, async (tx) => {
      const beginning = tx.aside<{ version: string }>(
        sql`select core.begin_read(${isAhead ? inside.authority.version : null}::bigint) as version`,
      );
      const ahead = isAhead ? runHandler(inside, inside.authority, tx, beginning) : undefined;
      ahead?.catch(() => undefined); // asked about below
      const { version } = await begunBefore(beginning, ahead);
      const { authority } = await regate(inside, version, tx);
      const { output } = await (ahead ?? runHandler(inside, authority, tx));
      return { callId: facts.callId, output, replayed: false, ...(await taintsReader(inside, tx)) };
    });
  }

  /** Whether the answer taints whoever reads it: nobody but a model is asked about. */
  async function taintsReader(
    { work, watch }: Inside,
    tx: Tx,
    shown: readonly CapturedChange[] = [],
  ): Promise<{ taints?: boolean }> {
    if (!watch) return {};
    return { taints: work.untrustedOutput || (await watch.isTainted(tx, shown)) };
  }

  /** Whether this key was used already: such a call begins nothing. */
  async function isReplay({ caller, idempotencyKey, keyLastsSeconds }: Call): Promise<boolean> {
    if (idempotencyKey === undefined) return false;
    const found =
      await database.rows(sql`select 1 from core.idempotency where actor = ${caller.principal.id} and key = ${idempotencyKey}
      and (${keyLastsSeconds ?? null}::integer is null or at >= now() - make_interval(secs => ${keyLastsSeconds ?? null}::integer))`);
    return found.length > 0;
  }

  /** What the same key must stand for: secrets count here, and only here, as they tell one call from another. */
  function keyDigest({ work, call, facts }: Inside): string {
    return work.secretInput ? keyedDigest(parts.secret, call.input) : facts.digest;
  }

  function replay(begun: { same: boolean | null; answer: string | null; first_call: string }, work: Work): Answer {
    if (!begun.same) throw coreErrors.key_reused();
    if (begun.answer === null) throw coreErrors.shown_once({ callId: begun.first_call });
    metrics.idempotentReplay({ action: work.name });
    return { callId: begun.first_call, output: JSON.parse(begun.answer), replayed: true };
  }

  function bind({ work, call, facts, now, signal, watch }: Inside, authority: Authority, tx: Tx) {
    if (watch) tx.watch(watch.watch);
    const { untrusted } = wordsOf(work, authority);
    // what is told and done later with words from outside is tainted as what follows a tainted call
    const source = untrusted === true ? { ...call, caller: { ...call.caller, tainted: true } } : call;
    return bindContext({
      registry,
      plugin: work.plugin,
      tx,
      actor: authority.actor,
      onBehalfOf: onBehalfOf(call),
      caller: call.caller,
      callId: facts.callId,
      requestId: call.requestId,
      now,
      signal,
      log: parts.log,
      enqueue: (on, job, input) => parts.enqueue(on, job, input, source),
      digest: preparation.digest,
    });
  }

  /** Runs the handler. `beginning`: what was sent before it, and may not be answered yet. */
  async function runHandler(inside: Inside, authority: Authority, tx: Tx, beginning?: Promise<unknown>): Promise<Handled> {
    const { work, input, prepared } = inside;
    const bound = bind(inside, authority, tx);
    try {
      const value = await work.handler(bound.ctx, input as never, prepared as never);
      if (tx.pending() > 0) throw databaseErrors.open_queries({ action: work.name });
      await beginning;
      return { bound, output: z.encode(work.output, value as never) };
    } finally {
      bound.end();
    }
  }

  function factsOf(work: Described, call: Call, input: unknown): CallFacts {
    return {
      callId: crypto.randomUUID(),
      kind: work.kind,
      cause: work.cause,
      plugin: work.plugin.id,
      pluginVersion: work.plugin.version,
      action: work.name,
      effect: work.effect,
      call,
      input,
      digest: keyedDigest(parts.secret, input),
    };
  }

  async function recordFailure(facts: CallFacts, error: TroupeError, initiated: boolean): Promise<void> {
    await parts.calls
      ?.failed(facts.call)
      .catch((cause: unknown) => parts.log.error('a failed call was not counted', { error: describeForLog(cause) }));
    await recordEnd(facts, error, initiated);
  }

  async function recordEnd(facts: CallFacts, error: TroupeError, initiated: boolean): Promise<void> {
    try {
      // a call that left a row at its beginning has one at its end, or it would look like a crash in the middle
      await (isDenial(error) && !initiated ? recordDenial(database, facts, error) : recordUnlessEnded(database, facts, error));
    } catch (cause) {
      // the call changed nothing and its caller is told so; that the failure itself has no row must be seen by an operator
      parts.log.error('a failed call could not be recorded', {
        callId: facts.callId,
        action: facts.action,
        error: describeForLog(cause),
      });
    }
  }

  return { execute, gate, runCall, refusedFacts };
}

export type Executor = ReturnType<typeof createExecutor>;

/** What is refused without a look at the matter: it is counted, not written each time, as a flood must not fill the disk. */
const isDenial = ({ kind, code }: TroupeError): boolean =>
  kind === 'scope' || kind === 'unauthenticated' || kind === 'limited' || code === coreErrors.unknown_action.code;

/** What is left of a call's time for its transaction, in milliseconds. */
const timeLeft = ({ until }: { readonly until: number }) => Math.max(1, Math.ceil(until - performance.now()));

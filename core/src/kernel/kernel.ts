// Joins the parts of the kernel. Surfaces are given this, and nothing of what is below it.
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { closeAll } from '../closing.ts';
import type { Log } from '../context.ts';
import type { Database } from '../db/database.ts';
import type { Credential, Principal } from '../define/directory.ts';
import type { Plugin } from '../define/plugin.ts';
import type { Embeddings } from '../embeddings/driver.ts';
import { coreErrors } from '../errors.ts';
import type { Mail } from '../mail/driver.ts';
import type { Objects } from '../objects/driver.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Tracing } from '../observe/trace.ts';
import type { Queue } from '../queue/driver.ts';
import { type ChainAnchorSettings, createAnchorer } from '../seal/chain/anchorer.ts';
import type { SealKey } from '../seal/key.ts';
import { createSealer } from '../seal/sealer.ts';
import { approvalSettled } from './approvals.ts';
import { type Artefacts, createArtefacts } from './artefacts.ts';
import { type Authority, createAuthorizer } from './authorize.ts';
import { type Answer, type Call, type Caller, partiesOf } from './call.ts';
import { type CallLimits, createCallCounter } from './call-limits.ts';
import { keyedDigest } from './canonical.ts';
import { createDispatcher } from './dispatch.ts';
import { createExecutor } from './execute.ts';
import { createJobRunner } from './jobs.ts';
import { outcomeOf } from './outcome.ts';
import { preparedObjects } from './prepared-objects.ts';
import { recordFault } from './readiness.ts';
import type { RegisteredAction, Registry } from './registry.ts';
import { runSeeds } from './seeds.ts';
import { describeForLog } from './translate.ts';
import { createUploads } from './uploads.ts';

export interface KernelParts {
  readonly registry: Registry;
  readonly database: Database;
  readonly objects: Objects;
  readonly embeddings: Embeddings;
  readonly mail: Mail;
  readonly publicUrl: string;
  variable(name: string): string | undefined;
  readonly queue: Queue;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly secret: string;
  /** Signs the sealed log of the record; without it nothing is sealed. */
  readonly seal?: { readonly key: SealKey; readonly mostLagSeconds: number; readonly chain?: ChainAnchorSettings };
  /** Whether those in charge need a second proof; default: no. */
  readonly requireSecondFactor?: boolean;
  /** How often one may call; without it nobody is counted. Jobs and events are not. */
  readonly callLimits?: CallLimits;
  clock?(): Date;
}

export interface Kernel {
  readonly plugins: ReadonlyMap<string, Plugin>;
  readonly objects: Objects;
  readonly log: Log;
  /** What surfaces keep for a while between requests, in every process alike. */
  readonly artefacts: Artefacts;
  /** Runs an action for a caller. Errors: those of core, core.too_many_calls before anything else, and of the action's plugin. */
  execute(call: Call): Promise<Answer>;
  /** The actions that this caller may see, by name in order. */
  actionsFor(caller: Caller): Promise<readonly RegisteredAction[]>;
  /** Whether this caller may see any action of the plugin. */
  sees(caller: Caller, plugin: string): Promise<boolean>;
  /** Throws unless the caller may use the action: before bytes are taken. */
  assertOpen(call: Omit<Call, 'input'>): Promise<RegisteredAction>;
  /** Waits until an approval has been decided and, after a yes, its call made: or until the time is over, or the caller gone. */
  approvalSettled(approvalId: string, patience: { atMostMs: number; signal: AbortSignal }): Promise<void>;
  /** Who presents a credential. Errors: core.bad_credentials. */
  authenticate(credential: Credential): Promise<Principal>;
  /** Throws where what proved the caller, or the person for whom it acts, was taken back or has expired. Errors: core.bad_credentials. */
  assertCredentials(caller: Caller): Promise<void>;
  receiveFile(call: Pick<Call, 'action' | 'caller'>, name: string, bytes: Readable, mostBytes: number): Promise<string>;
  /** HMAC-SHA-256 in hex of a JSON value's canonical form, under the key that all processes of the installation share. */
  digest(value: unknown): string;
  /** Fills an empty house: each seed once. */
  seed(options: { rehearsal: boolean }): Promise<string[]>;
  /** Starts what works in the background: events, jobs, schedules. */
  startWorkers(options: { concurrency: number }): Promise<void>;
  /** Delivers every event that is due. */
  deliver(): Promise<number>;
  /** Delivers and works until nothing is due any more. Answers false when time ran out before that. */
  settle(options?: { timeoutMs?: number }): Promise<boolean>;
  /** What stands in the way of work, for anybody to read: undefined when a call would be recorded now and the sealed log keeps up. */
  readiness(): Promise<string | undefined>;
  /** What somebody should look at although nothing stands in the way of work, for anybody to read. */
  remark(): string | undefined;
  stop(): Promise<void>;
}

const HOUSEKEEPING_MS = 600_000;
const KEPT_DAYS = 30;
const PRUNED_AT_ONCE = 10_000;
const SETTLE_POLL_MS = 25;

export function createKernel(parts: KernelParts): Kernel {
  const { registry, database, queue, objects } = parts;
  const clock = parts.clock ?? (() => new Date());
  const authorizer = createAuthorizer(registry, parts);
  const uploads = createUploads({ registry, database, objects, clock });
  const artefacts = createArtefacts({ database, clock });
  const prepared = preparedObjects({ registry, database, objects, clock });
  const calls = parts.callLimits && createCallCounter({ ...parts, limits: parts.callLimits, clock });
  const executor = createExecutor({
    ...parts,
    calls,
    objects: prepared.objects,
    authorizer,
    clock,
    enqueue: (tx, job, input, call) => jobs.enqueue(tx, job, input, call),
    openFile: (call, id) => uploads.open(call, id),
  });
  const background = { ...parts, authorizer, clock };
  const jobs = createJobRunner(background, executor);
  const dispatcher = createDispatcher(background, executor.runCall);
  const sealer = parts.seal && createSealer({ ...parts, ...parts.seal });
  const anchorer = parts.seal?.chain && createAnchorer({ ...parts, sealer: parts.seal.key, settings: parts.seal.chain });
  let stopRights: (() => Promise<void>) | undefined;
  let housekeeping: NodeJS.Timeout | undefined;
  let kept: Promise<void> = Promise.resolve();

  /** What nobody asks for: next months' partitions, and the end of what is kept for a while only. */
  function keepHouse(): void {
    kept = kept
      .then(async () => {
        await database.rows(sql`select core.ensure_partitions()`);
        await database.rows(sql`delete from core.idempotency where at < now() - make_interval(days => ${KEPT_DAYS})`);
        await database.rows(sql`select core.prune(now() - make_interval(days => ${KEPT_DAYS}), ${PRUNED_AT_ONCE})`);
        await uploads.sweep();
        await artefacts.sweep();
        await prepared.sweep();
        await calls?.sweep();
      })
      .catch((error: unknown) => parts.log.error('housekeeping failed', { error: describeForLog(error) }));
  }

  async function tend(): Promise<void> {
    await database.tend().catch((error: unknown) => parts.log.error('tables were not tended', { error: describeForLog(error) }));
  }

  /** `take` counts the call, `assertLeft` only looks. */
  async function admit(call: Omit<Call, 'input'>, how: 'take' | 'assertLeft'): Promise<void> {
    const registered = registry.actions.get(call.action);
    await calls?.[how](call, registered?.action.effect ?? 'read', () => executor.refusedFacts(call, registered));
  }

  const lists = new WeakMap<Authority, readonly RegisteredAction[]>();
  /** By name. An authority is one object as long as rights stay as they are. */
  function openTo(authority: Authority): readonly RegisteredAction[] {
    const known = lists.get(authority);
    if (known) return known;
    const open = [...registry.actions.values()]
      .filter(({ action }) => authorizer.refusal(authority, action.permission, action.name) === undefined)
      .sort((one, other) => (one.action.name < other.action.name ? -1 : 1));
    lists.set(authority, open);
    return open;
  }

  async function isOpen(caller: Caller, name: string): Promise<boolean> {
    return openTo(await authorizer.of(caller, database)).some(({ action }) => action.name === name);
  }

  return {
    plugins: registry.plugins,
    objects,
    log: parts.log,
    artefacts,
    async execute(call) {
      await admit(call, 'take');
      const answer = await executor.execute(call);
      return outcomeOf({ registry, log: parts.log, execute: executor.execute, isOpen }, call, answer);
    },
    actionsFor: async (caller) => openTo(await authorizer.of(caller, database, { fresh: true })),
    async sees(caller, plugin) {
      const hasOne = (authority: Authority) => openTo(authority).some((one) => one.plugin.id === plugin);
      return hasOne(await authorizer.of(caller, database)) || hasOne(await authorizer.of(caller, database, { fresh: true }));
    },
    async assertOpen(call) {
      await admit(call, 'assertLeft');
      const registered = registry.actions.get(call.action);
      await executor.gate(call, registered);
      return registered as RegisteredAction; // the gate has refused what is not registered
    },
    async authenticate(credential) {
      const principal = await registry.directory?.authenticate(database.db, credential, clock());
      if (!principal) throw coreErrors.bad_credentials();
      return principal;
    },
    async assertCredentials(caller) {
      for (const { credential } of partiesOf(caller))
        if (await registry.directory?.isRevoked(database.db, credential, clock())) throw coreErrors.bad_credentials();
    },
    approvalSettled: (approvalId, patience) => approvalSettled(parts, approvalId, patience),
    receiveFile: uploads.receive,
    digest: (value) => keyedDigest(parts.secret, value),
    seed: (options) => runSeeds(registry, background, executor.runCall, options),
    async startWorkers(options) {
      stopRights = await database.listen('troupe_rights', () => authorizer.forget());
      await queue.schedule(jobs.schedules());
      await queue.work(jobs, options);
      await dispatcher.start();
      keepHouse();
      housekeeping = setInterval(() => {
        keepHouse();
        kept = kept.then(tend);
      }, HOUSEKEEPING_MS);
      sealer?.start();
      anchorer?.start();
    },
    deliver: dispatcher.drain,
    async settle({ timeoutMs = 60_000 } = {}) {
      const until = performance.now() + timeoutMs;
      while (performance.now() < until) {
        const delivered = await dispatcher.drain();
        if (delivered === 0 && (await dispatcher.waiting()) === 0 && (await queue.depth()) === 0) return true;
        await setTimeout(SETTLE_POLL_MS);
      }
      return false;
    },
    readiness: async () => (await recordFault(database)) ?? sealer?.fault(),
    remark: () => anchorer?.remark(),
    async stop() {
      clearInterval(housekeeping);
      const workers = [dispatcher.stop, queue.stop, () => stopRights?.(), () => anchorer?.stop(), () => sealer?.stop()];
      const plugins = [...registry.plugins.values()].map((plugin) => () => plugin.stop?.());
      await closeAll([() => kept, () => calls?.flush(), ...workers, ...plugins]);
    },
  };
}

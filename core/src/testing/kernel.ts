// A whole kernel on a real database, for tests of plugins and of the kernel itself.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../db/database.ts';
import { streamsOf } from '../db/streams.ts';
import type { Action } from '../define/action.ts';
import type { Directory, Grant, Principal } from '../define/directory.ts';
import type { EventDefinition, EventPayload } from '../define/event.ts';
import type { Plugin, Role } from '../define/plugin.ts';
import type { Embeddings } from '../embeddings/driver.ts';
import { openEmbeddings } from '../embeddings/open.ts';
import type { Answer, Call, Caller } from '../kernel/call.ts';
import type { CallLimits } from '../kernel/call-limits.ts';
import { createKernel, type Kernel } from '../kernel/kernel.ts';
import { createRegistry } from '../kernel/registry.ts';
import { type KeptLetter, readLetters } from '../mail/folder.ts';
import { openMail } from '../mail/open.ts';
import { openObjects } from '../objects/open.ts';
import { createLog, type LogLevel } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import { createTracing } from '../observe/trace.ts';
import { openQueue } from '../queue/pg-boss.ts';
import { openTestDatabase } from './database.ts';
import { atEnd } from './endings.ts';

export interface TestActor {
  readonly id: string;
  readonly kind?: 'user' | 'agent' | 'operator';
  /** On the company, or on a brand: `{ role: 'editor', brandId }`. */
  readonly roles?: readonly (Role | Grant)[];
  readonly scopes?: readonly string[];
  /** The names of the actions that an agent is kept to. */
  readonly actions?: readonly string[];
  readonly proofs?: 1 | 2;
  readonly handedOver?: true;
  readonly onBehalfOf?: TestActor;
  readonly tainted?: boolean;
}

export interface TestKernel {
  readonly kernel: Kernel;
  readonly database: Database;
  /** A caller with these roles, as long as the test runs. Asking again with the same id changes its roles. */
  as(actor: TestActor): Caller;
  /** From now on nobody has this id. */
  forget(id: string): void;
  /** Somebody who has not signed in. */
  readonly guest: Caller;
  /** Calls an action as surfaces do, in wire form, and answers its output. */
  run<I extends z.ZodType, O extends z.ZodType, P>(
    caller: Caller,
    action: Action<string, I, O, P>,
    input: z.input<I>,
    options?: Partial<Pick<Call, 'idempotencyKey' | 'dryRun' | 'surface' | 'requestId'>>,
  ): Promise<z.input<O>>;
  /** The same by name, with the whole answer. */
  call(
    caller: Caller,
    action: string,
    input: unknown,
    options?: Partial<Pick<Call, 'idempotencyKey' | 'dryRun' | 'surface' | 'requestId'>>,
  ): Promise<Answer>;
  /** Tells an event as if its plugin had, and waits until its subscribers are done. */
  deliver<E extends EventDefinition>(event: E, payload: EventPayload<E>): Promise<void>;
  /** Delivers what waits and works until no job is left. Errors: where that takes more than a minute. */
  settle(): Promise<void>;
  /** What was sent by mail, the newest first. */
  letters(): Promise<KeptLetter[]>;
  /** Moves the clock that handlers and the dispatcher read. */
  advance(milliseconds: number): void;
  /** From now on that clock is moved by `advance` alone. */
  stopClock(): void;
  /** What that clock shows. */
  now(): Date;
}

export interface TestKernelOptions {
  /** Whether sign-in is the plugins' own (identity) instead of `as`. */
  readonly directory?: 'test' | 'plugins';
  /** Whether events and jobs run by themselves; else `settle` runs them. Default true. */
  readonly workers?: boolean;
  readonly embeddings?: Embeddings;
  /** What the environment says to plugins that declare it. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A mail server of the test; without one letters land in a folder, and `letters` reads them. */
  readonly smtpUrl?: string;
  /** How often one may call; without it nobody is counted. */
  readonly callLimits?: CallLimits;
  /** Whether those in charge need a second proof. */
  readonly requireSecondFactor?: boolean;
  /** Keeps an embedded database on disk, for tests in which it must outlive a hanging statement. */
  readonly onDisk?: boolean;
}

const SENDER = 'Troupe <troupe@troupe.test>';

/** Starts a kernel on a database of its own; it ends with the test file, or at `endAll`. */
export async function startTestKernel(plugins: readonly Plugin[], options: TestKernelOptions = {}): Promise<TestKernel> {
  const people = new Map<string, TestActor>();
  const absent = tellersOf(plugins);
  const declared = createRegistry([...plugins, ...absent]);
  const registry = options.directory === 'plugins' ? declared : { ...declared, directory: directoryOf(people) };
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'));
  const streams = streamsOf(registry).filter(({ id }) => !absent.some((plugin) => plugin.id === id));
  const database = await openTestDatabase(streams, options.onDisk ? join(folder, 'database') : undefined);
  const objects = await openObjects({ kind: 'folder', folder: join(folder, 'objects') });
  const embeddings = options.embeddings ?? (await openEmbeddings({ kind: 'embedded' }));
  const mailFolder = join(folder, 'mail');
  const mail = openMail(
    options.smtpUrl ? { kind: 'smtp', url: options.smtpUrl, from: SENDER } : { kind: 'folder', folder: mailFolder, from: SENDER },
  );
  const log = createLog({ level: (process.env.TROUPE_TEST_LOG as LogLevel | undefined) ?? 'silent' });
  const tracing = createTracing({});
  const queue = await openQueue(database, log);
  let ahead = 0;
  let stoppedAt: number | undefined;
  const now = () => new Date((stoppedAt ?? Date.now()) + ahead);
  const kernel = createKernel({
    registry,
    database,
    objects,
    embeddings,
    mail,
    publicUrl: 'http://troupe.test',
    variable: (name) => options.settings?.[name],
    queue,
    log,
    metrics: createMetrics(),
    tracing,
    secret: 'test',
    clock: now,
    requireSecondFactor: options.requireSecondFactor ?? false,
    ...(options.callLimits ? { callLimits: options.callLimits } : {}),
  });
  if (options.workers !== false) await kernel.startWorkers({ concurrency: 2 });
  atEnd(async () => {
    await kernel.stop();
    await embeddings.close();
    await objects.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const settle = async () => {
    if (!(await kernel.settle())) throw new Error('events or jobs still wait');
  };
  const call: TestKernel['call'] = (caller, action, input, more = {}) =>
    kernel.execute({ action, input, caller, surface: 'test', requestId: crypto.randomUUID(), ...more });
  return {
    kernel,
    database,
    advance(milliseconds) {
      ahead += milliseconds;
    },
    stopClock() {
      stoppedAt = Date.now();
    },
    now,
    guest: { principal: { id: 'guest', kind: 'guest', name: 'Guest', credential: 'none' }, tainted: false },
    as(actor) {
      for (const one of [actor, actor.onBehalfOf]) if (one) people.set(one.id, one);
      return {
        principal: principalOf(actor),
        tainted: actor.tainted ?? false,
        ...(actor.onBehalfOf ? { onBehalfOf: principalOf(actor.onBehalfOf) } : {}),
      };
    },
    forget(id) {
      people.delete(id);
    },
    call,
    async run(caller, action, input, more) {
      return (await call(caller, action.name, input, more)).output as never;
    },
    async deliver(event, payload) {
      const [plugin = '', subscriptions = []] = [event.name.split('.')[0], registry.subscriptions.get(event.name)];
      const waiting = {
        place: 0,
        name: event.name,
        plugin,
        subject: event.subject(payload),
        payload: JSON.stringify(z.encode(event.schema, payload)),
        trace: '',
        subscriptions: subscriptions.map(({ id, subscription }) => ({ name: id, blocks: subscription.deadLetter === 'block' })),
      };
      await database.rows(sql`select core.tell(gen_random_uuid(), 'test', false, ${JSON.stringify([waiting])}::jsonb)`);
      await settle();
    },
    settle,
    letters: () => readLetters(mailFolder),
  };
}

/** Stands in for plugins that are not installed here, so that their events can be told. */
function tellersOf(plugins: readonly Plugin[]): Plugin[] {
  const events = plugins.flatMap((plugin) => (plugin.subscriptions ?? []).flatMap((one) => ('event' in one ? [one.event] : [])));
  const absent = new Set(
    events.map(({ name }) => name.split('.')[0] as string).filter((id) => !plugins.some((plugin) => plugin.id === id)),
  );
  return [...absent].map((id) => ({
    id,
    version: '0.0.0',
    from: import.meta.url,
    permissions: {},
    tables: {},
    actions: [],
    events: [...new Set(events)].filter(({ name }) => name.startsWith(`${id}.`)),
  }));
}

function principalOf({ id, kind = 'user', ...session }: TestActor): Principal {
  const { scopes, proofs, handedOver } = session;
  return {
    id,
    kind,
    name: id,
    credential: 'session:test',
    ...(scopes ? { scopes } : {}),
    ...(proofs ? { proofs } : {}),
    ...(handedOver ? { handedOver } : {}),
  };
}

function directoryOf(people: ReadonlyMap<string, TestActor>): Directory {
  return {
    // over HTTP: the token of whomever `as` has named is `token-of-ID`
    async authenticate(_db, presented) {
      const found = presented.type === 'token' ? people.get(presented.secret.replace('token-of-', '')) : undefined;
      return found && principalOf(found);
    },
    async grantsOf(_db, id) {
      const found = people.get(id);
      const grants = (found?.roles ?? []).map((role) => (typeof role === 'string' ? { role } : role));
      const { actions } = found ?? {};
      return found && { name: found.id, kind: found.kind ?? 'user', grants, ...(actions ? { actions } : {}) };
    },
    isRevoked: async () => false,
    hasBrand: async (_db, brandId) => brandId !== 'nowhere',
  };
}

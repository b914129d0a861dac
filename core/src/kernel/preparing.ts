// What a call prepares outside the transaction: its tools, and no more time than it has.
import type { Db, Log, Tools, UploadedFile } from '../context.ts';
import type { Database } from '../db/database.ts';
import type { Embeddings } from '../embeddings/driver.ts';
import type { Mail } from '../mail/driver.ts';
import type { Objects } from '../objects/driver.ts';
import type { Call } from './call.ts';
import { keyedDigest } from './canonical.ts';
import type { Inside } from './inside.ts';
import type { Registry } from './registry.ts';

export interface PreparingParts {
  readonly registry: Registry;
  readonly database: Database;
  readonly objects: Objects;
  readonly embeddings: Embeddings;
  readonly mail: Mail;
  readonly publicUrl: string;
  readonly log: Log;
  /** Keys the digests of inputs; shared by all processes of an installation. */
  readonly secret: string;
  variable(name: string): string | undefined;
  openFile(call: Call, id: string): Promise<UploadedFile>;
}

type Preparing = Pick<Inside, 'call' | 'authority' | 'facts' | 'now' | 'signal' | 'watch'>;

export function createPreparation(parts: PreparingParts) {
  const { registry, database } = parts;

  /** A digest that says nothing to another plugin. */
  const digest = (plugin: string, value: unknown) => keyedDigest(parts.secret, ['plugin', plugin, value]);

  function settingsOf(plugin: string): Tools['settings'] {
    const names = Object.keys(registry.plugins.get(plugin)?.settings ?? {});
    return Object.freeze(Object.fromEntries(names.map((name) => [name, parts.variable(name)])));
  }

  function toolsOf({ call, authority, facts, now, signal, watch }: Preparing): Tools {
    return Object.freeze({
      actor: authority.actor,
      credential: call.caller.principal.credential,
      address: call.caller.address,
      callId: facts.callId,
      now,
      signal,
      log: parts.log,
      db: (watch ? database.watched(watch.watch) : database.db) as Db,
      objects: parts.objects,
      embeddings: parts.embeddings,
      publicUrl: parts.publicUrl,
      settings: settingsOf(facts.plugin),
      digest: (value: unknown) => digest(facts.plugin, value),
      ...(facts.kind === 'job' ? { mail: parts.mail } : {}), // what has an effect outside is for jobs alone
      openFile: (id: string) => parts.openFile(call, id),
      progress: (done: number, total?: number) => call.progress?.({ done, ...(total === undefined ? {} : { total }) }),
    });
  }

  /** Runs what an action prepares, where it does. Errors: core.timeout, and its own. */
  async function prepare({ work, input, ...preparing }: Preparing & Pick<Inside, 'work' | 'input'>): Promise<unknown> {
    preparing.signal.throwIfAborted();
    return work.prepare && untilAborted(preparing.signal, work.prepare(toolsOf(preparing), input as never));
  }

  return { digest, prepare };
}

/** Waits no longer than the signal allows, whether or not the work obeys it. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

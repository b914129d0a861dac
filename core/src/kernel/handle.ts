// Binds a context to one transaction, and ends it with its handler.

import { z } from 'zod';
import type { Actor, Context, Log } from '../context.ts';
import type { Tx } from '../db/database.ts';
import { databaseErrors } from '../db/errors.ts';
import type { EventDefinition } from '../define/event.ts';
import type { Job } from '../define/job.ts';
import type { DataSubject } from '../define/personal.ts';
import type { Plugin } from '../define/plugin.ts';
import type { Port } from '../define/port.ts';
import { coreErrors, houseErrors, type TroupeError } from '../errors.ts';
import type { WaitingEvent } from './audit.ts';
import { type Caller, partiesOf } from './call.ts';
import { catalogueOf } from './catalogue.ts';
import { erasePersonalData, pluginsWithPersonalData } from './erase.ts';
import { type AccessQuestion, explainAccess } from './explain.ts';
import { mandateOf } from './mandate.ts';
import { type CapturedChange, capturedChanges, visibleChanges } from './preview.ts';
import type { Registry } from './registry.ts';
import { type Copy, type SeenRow, trustRows, type UntrustedPage, untrustedRows, wholeTables } from './words.ts';

export interface Binding {
  readonly ctx: Context;
  readonly events: readonly WaitingEvent[];
  /** The schemas that this call may have touched: the plugin's own, and those of the ports it used. */
  readonly schemas: ReadonlySet<string>;
  /** What the handler says of the words that it stores. */
  readonly said: { readonly tables: ReadonlySet<string>; readonly copies: readonly Copy[] };
  /** Ends the context: its database, ports, emit and enqueue throw from now on. */
  end(): void;
}

export interface BindOptions {
  readonly registry: Registry;
  readonly plugin: Plugin;
  readonly tx: Tx;
  readonly actor: Actor;
  readonly onBehalfOf: Context['onBehalfOf'];
  readonly caller: Caller;
  readonly callId: string;
  readonly requestId: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly log: Log;
  enqueue(tx: Tx, job: Job, input: unknown): Promise<string>;
  digest(plugin: string, value: unknown): string;
}

export function bindContext(options: BindOptions): Binding {
  const { registry, tx } = options;
  const events: WaitingEvent[] = [];
  const schemas = new Set<string>();
  const said = { tables: new Set<string>(), copies: [] as Copy[] };
  let alive = true;
  const assertAlive = () => {
    if (!alive) throw databaseErrors.context_dead();
  };

  function assertTables(plugin: Plugin, names: readonly string[]): void {
    const unknown = names.find((name) => !registry.tables.has(name));
    if (unknown !== undefined) throw misuse(plugin, `says of the words in "${unknown}", which no plugin declares`);
  }

  function assertGoverns(plugin: Plugin, what: string): void {
    if (registry.governor?.plugin !== plugin.id) throw misuse(plugin, `${what}, which is the governor’s`);
  }

  function contextOf(plugin: Plugin): Context {
    schemas.add(plugin.id);
    return Object.freeze({
      actor: options.actor,
      onBehalfOf: options.onBehalfOf,
      get parties() {
        return partiesOf(options.caller).map(({ id, kind }) => ({ id, kind }));
      },
      credential: options.caller.principal.credential,
      get mandate() {
        return mandateOf(options.caller);
      },
      handedOver: options.caller.principal.handedOver ?? false,
      tainted: options.caller.tainted,
      address: options.caller.address,
      callId: options.callId,
      requestId: options.requestId,
      plugin: plugin.id,
      db: tx.db,
      now: options.now,
      signal: options.signal,
      log: options.log,
      emit(event: EventDefinition, payload: unknown) {
        assertAlive();
        if (!plugin.events?.includes(event)) throw misuse(plugin, `emits "${event.name}" without declaring it`);
        events.push(waiting(registry, plugin, event, payload));
      },
      use<T extends object>(port: Port<T>): T {
        assertAlive();
        const provider = registry.ports.get(port.plugin);
        const methods = plugin.requires?.[port.plugin];
        const owner = registry.plugins.get(port.plugin);
        if (!provider || !methods || !owner) throw misuse(plugin, `uses the port of "${port.plugin}" without requiring it`);
        return guarded(provider.bind(contextOf(owner)), methods, assertAlive) as T;
      },
      async enqueue(job: Job, input: unknown) {
        assertAlive();
        if (!plugin.jobs?.includes(job)) throw misuse(plugin, `enqueues "${job.name}" without declaring it`);
        return options.enqueue(tx, job, z.encode(job.input, input as never));
      },
      markUntrusted(...tables: string[]) {
        assertAlive();
        assertTables(plugin, tables);
        for (const table of tables) said.tables.add(table);
      },
      copiesWords(copy: Copy) {
        assertAlive();
        assertTables(plugin, [copy.from, ...copy.into]);
        said.copies.push(copy);
      },
      async assertBrand(brandId: string | undefined) {
        assertAlive();
        const { directory } = registry;
        if (brandId !== undefined && directory && !(await directory.hasBrand(tx.db, brandId)))
          throw coreErrors.unknown_brand({ brandId });
      },
      digest: (value: unknown) => options.digest(plugin.id, value),
      async changesOf(callId: string) {
        assertAlive();
        return visibleChanges(await capturedChanges(tx, callId), registry, options.actor);
      },
      get catalogue() {
        return catalogueOf(registry);
      },
      async explain(question: AccessQuestion) {
        assertAlive();
        return explainAccess(options, tx, question);
      },
      async erase(whose: DataSubject, { keepSince }: { readonly keepSince?: Date | undefined }) {
        assertAlive();
        assertGoverns(plugin, 'erases personal data');
        for (const schema of ['core', ...pluginsWithPersonalData(registry)]) schemas.add(schema);
        return erasePersonalData({ tx, registry, whose, keepSince });
      },
      async untrustedRows(page: UntrustedPage) {
        assertAlive();
        assertGoverns(plugin, 'lists words from outside');
        return untrustedRows(tx, wholeTables(registry, options), page);
      },
      async trustRows(table: string, rows: readonly SeenRow[]) {
        assertAlive();
        assertGoverns(plugin, 'trusts words from outside');
        if (!wholeTables(registry, options).includes(table)) return rows.map(({ key }) => ({ key, became: 'missing' as const }));
        schemas.add('core');
        return trustRows(tx, table, rows);
      },
      readable: (changes: readonly CapturedChange[]) => visibleChanges(changes, registry, options.actor),
    }) as Context;
  }

  return {
    ctx: contextOf(options.plugin),
    events,
    schemas,
    said,
    end() {
      alive = false;
      tx.end();
    },
  };
}

/** Of a port only the methods that the consumer was granted, and those only while the call lives. */
function guarded(port: object, methods: readonly string[], assertAlive: () => void): object {
  const granted = methods.map((name) => {
    const method = (port as Record<string, (...words: unknown[]) => unknown>)[name];
    return [
      name,
      (...words: unknown[]) => {
        assertAlive();
        return method?.(...words);
      },
    ];
  });
  return Object.freeze(Object.fromEntries(granted));
}

function waiting(registry: Registry, plugin: Plugin, event: EventDefinition, payload: unknown): WaitingEvent {
  const subscriptions = registry.subscriptions.get(event.name) ?? [];
  return {
    name: event.name,
    plugin: plugin.id,
    subject: event.subject(payload),
    payload: JSON.stringify(z.encode(event.schema, payload as never)),
    subscriptions: subscriptions.map(({ id, subscription }) => ({ name: id, blocks: subscription.deadLetter === 'block' })),
  };
}

function misuse(plugin: Plugin, fault: string): TroupeError {
  return houseErrors.bad_plugin({ plugin: plugin.id, fault });
}

import type { PgTable } from 'drizzle-orm/pg-core';
import type { ErrorFactory } from '../errors.ts';
import type { AnyAction } from './action.ts';
import type { Command } from './command.ts';
import type { Directory } from './directory.ts';
import type { AnySubscription, EventDefinition, Subscription } from './event.ts';
import type { Governor } from './governor.ts';
import type { Job } from './job.ts';
import type { PersonalData } from './personal.ts';
import type { Policy } from './policy.ts';
import type { PortProvider } from './port.ts';
import type { PromptDefinition } from './prompt.ts';
import type { ResourceDefinition } from './resource.ts';
import type { Seed } from './seed.ts';
import type { Unsafe } from './unsafe.ts';
import type { Widget } from './widget.ts';

/** From the highest to the lowest; each holds what the ones below it hold. */
export const ROLES = ['owner', 'admin', 'editor', 'viewer', 'guest'] as const;
export type Role = (typeof ROLES)[number];

/** A permission in words, and the lowest roles that hold it from the beginning. */
export interface Permission {
  readonly title: string;
  readonly roles: readonly Role[];
  /** Held by people themselves: no app that acts for somebody is given it. */
  readonly people?: true;
  /** What enrolling a second factor and looking at oneself need: those in charge hold it before their second proof too. */
  readonly oneProof?: true;
  /** Held on the whole company or not at all: a role on a brand does not bring it. */
  readonly company?: true;
  /** Whether the role `auditor`, which stands outside that order, holds it too. */
  readonly auditor?: true;
}

/** Who reads a table, and what nobody is shown of it. */
export interface TableRule {
  readonly table: PgTable;
  /** The permission that reads all rows in previews. */
  readonly read: string;
  /** The column (its TypeScript key) that holds an actor's id: that actor reads the row too. */
  readonly own?: string;
  /** Columns (TypeScript keys) that are shown to nobody but the actor whose row it is (`own`). */
  readonly private?: readonly string[];
  /** Columns (TypeScript keys) that no preview shows. */
  readonly hidden: readonly string[];
  /** Columns (TypeScript keys) that change capture leaves out: hashes of credentials, vectors. */
  readonly unrecorded: readonly string[];
  /** Columns (TypeScript keys) that hold keys of objects: what stands in one is kept, what a `prepare` stored and stands in none is swept. */
  readonly objects?: readonly string[];
  /** Columns (TypeScript keys) of text that hold no words of anybody: ids and keys that the house makes, values of a fixed list. */
  readonly codes?: readonly string[];
  /** Columns (TypeScript keys) of money: each row moves `amount` of `unit` on `account`. */
  readonly sums?: { readonly account: string; readonly unit: string; readonly amount: string };
  /** The column (its TypeScript key) that names with whom business is done. */
  readonly counterparty?: string;
  /** What it says of people, and how that is erased. */
  readonly personal?: PersonalData;
}

/** A set of declarations. `actions` keeps its exact type, from which the typed client is inferred. */
export interface Plugin<Id extends string = string, Actions extends readonly AnyAction[] = readonly AnyAction[]> {
  readonly id: Id;
  readonly version: string;
  /** Always `import.meta.url`: from it the kernel finds a third party's SQL. */
  readonly from: string;
  readonly permissions: Readonly<Record<string, Permission>>;
  readonly tables: Readonly<Record<string, TableRule>>;
  readonly actions: Actions;
  /** Variables of the environment that it reads, each with what it takes; no other is handed to it. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly errors?: readonly Readonly<Record<string, ErrorFactory>>[];
  readonly events?: readonly EventDefinition[];
  readonly subscriptions?: readonly (Subscription | AnySubscription)[];
  readonly jobs?: readonly Job[];
  readonly provides?: readonly PortProvider[];
  /** Ports needed, by plugin and method. */
  readonly requires?: Readonly<Record<string, readonly string[]>>;
  readonly policies?: readonly Policy[];
  readonly widgets?: readonly Widget[];
  readonly resources?: readonly ResourceDefinition[];
  readonly prompts?: readonly PromptDefinition[];
  readonly seeds?: readonly Seed[];
  readonly commands?: readonly Command[];
  /** What `troupe start` prints when it is ready: the answer of one of the plugin's actions to the local operator, as a line. */
  readonly startNotice?: { readonly action: AnyAction; readonly input: unknown; say(output: never, publicUrl: string): string };
  /** What of it must not be so where the public reaches the house: in production it does not start then. */
  unsafeInPublic?(settings: Readonly<Record<string, string | undefined>>): readonly Unsafe[];
  /** What of it is not in order, each a sentence for `troupe doctor`: by what the environment says, without asking anybody. */
  findings?(settings: Readonly<Record<string, string | undefined>>): readonly string[];
  /** Ends what it holds open outside of calls, such as connections, when the house is closed. */
  stop?(): Promise<void>;
  /** Says who holds a credential and what they may do; one plugin of an installation declares it. */
  readonly directory?: Directory;
  /** Says what is switched off, allowed without asking, and approved; one plugin of an installation declares it. */
  readonly governor?: Governor;
}

/** Declares a plugin. Everything in it is checked once, at boot. */
export function definePlugin<const Id extends string, const Actions extends readonly AnyAction[]>(
  plugin: Plugin<Id, Actions>,
): Plugin<Id, Actions> {
  return Object.freeze(plugin);
}

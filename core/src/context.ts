// What handlers are given. Everything here is frozen and ends with the handler.
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Grant } from './define/directory.ts';
import type { EventDefinition, EventPayload } from './define/event.ts';
import type { Job, JobInput } from './define/job.ts';
import type { DataSubject, ErasedRows } from './define/personal.ts';
import { ROLES } from './define/plugin.ts';
import type { Port } from './define/port.ts';
import type { Embeddings } from './embeddings/driver.ts';
import type { PreviewedChange } from './kernel/call.ts';
import type { Catalogue } from './kernel/catalogue.ts';
import type { AccessQuestion, AccessStep } from './kernel/explain.ts';
import type { CapturedChange } from './kernel/preview.ts';
import type { Copy, SeenRow, Trusted, UntrustedPage, UntrustedRow } from './kernel/words.ts';
import type { Mail } from './mail/driver.ts';
import type { Objects } from './objects/driver.ts';

/** Where a permission reaches: the whole company, or the named brands only. */
export type Reach = 'company' | ReadonlySet<string>;

/** The permissions that somebody holds now, each with its reach. */
export type Rights = ReadonlyMap<string, Reach>;

export type ActorKind = 'user' | 'agent' | 'service' | 'guest' | 'operator';

/** Who acts. `rights` and `roles` are the effective ones: user ∩ agent ∩ token ∩ plugin. */
export interface Actor {
  readonly id: string;
  readonly kind: ActorKind;
  readonly name: string;
  readonly rights: Rights;
  /** Held in full: a token that is cut down to scopes holds none, an agent those that the person it acts for holds too. */
  readonly roles: readonly Grant[];
  /** In charge, with one proof where two are required: they may do no more than enrol a second factor. */
  readonly owesProof?: true;
}

/** Drizzle bound to the transaction of this call. Only the kernel opens transactions. */
export type Db = Omit<PgDatabase<PgQueryResultHKT>, 'transaction' | 'query' | '_'>;

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** The first argument of every handler and of every function that touches data. Never store, spread or time it. */
export interface Context {
  readonly actor: Actor;
  /** The person for whom an agent or a service acts. */
  readonly onBehalfOf: { readonly id: string; readonly name: string } | undefined;
  /** All whose rights the actor's are cut down to: the actor, the agents through whose hands the work came, and the person for whom it acts. */
  readonly parties: readonly { readonly id: string; readonly kind: ActorKind }[];
  /** What proved who the actor is, as `Principal.credential` says it: the id of a session or token, never the secret. */
  readonly credential: string;
  /** Who calls, to be kept for what is done later in their name: with no other rights than they have then, and than this call has now. */
  readonly mandate: string;
  /** Somebody else had a hand in how the session was opened: it decides nothing in its person's name, and opens no other way in. */
  readonly handedOver: boolean;
  /** Text from outside was read on the way here. */
  readonly tainted: boolean;
  /** The network address that the call came from, where the surface knows one. */
  readonly address: string | undefined;
  readonly callId: string;
  readonly requestId: string;
  readonly plugin: string;
  readonly db: Db;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Tells a fact after the commit. */
  emit<E extends EventDefinition>(event: E, payload: EventPayload<E>): void;
  /** A service of another plugin inside this transaction; only what `requires` names. */
  use<T extends object>(port: Port<T>): T;
  /** Work for later, enqueued with this transaction. Answers the job's id. */
  enqueue<J extends Job>(job: J, input: JobInput<J>): Promise<string>;
  /** What this call writes into these tables (`schema.table`) holds words from outside: as `untrustedInput` of an action. */
  markUntrusted(...tables: `${string}.${string}`[]): void;
  /** What this call writes into the tables of `into` holds words of rows that stand elsewhere: if they came from outside, so do these. */
  copiesWords(copy: Copy): void;
  /** Whoever may do something for all brands may name any: what is stored for a brand asks here first. Errors: core.unknown_brand. */
  assertBrand(brandId: string | undefined): Promise<void>;
  /** HMAC-SHA-256 in hex of a JSON value, under the installation's key, for this plugin alone: as `Tools.digest`. */
  digest(value: unknown): string;
  /** What another call changed, as far as this actor may read it: rows of others left out, hidden columns too. */
  changesOf(callId: string): Promise<PreviewedChange[]>;
  /** The same of changes that were captured and rolled back. */
  readable(changes: readonly CapturedChange[]): PreviewedChange[];
  /** What is installed, for rules about it. */
  readonly catalogue: Catalogue;
  /** Why somebody may or may not do something, up to the step that decides. Undefined: there is no such actor. */
  explain(question: AccessQuestion): Promise<AccessStep[] | undefined>;
  /**
   * Erases what tables and actions declare as personal: for the governor alone. Records of business from `keepSince` on stay.
   * Answers what was erased and kept, by table.
   */
  erase(whose: DataSubject, options: { readonly keepSince?: Date | undefined }): Promise<ErasedRows[]>;
  /** Rows that hold words from outside, of the tables that the actor reads all of: for the governor alone. */
  untrustedRows(page: UntrustedPage): Promise<UntrustedRow[]>;
  /** From now on the words that were seen in these rows are the house's own: for the governor alone. What the actor may not read is missing. */
  trustRows(table: string, rows: readonly SeenRow[]): Promise<{ key: string; became: Trusted }[]>;
}

/** What `prepare` gets: reading and slow work, outside any transaction. Nothing here has an effect that lasts without a handler. */
export interface Tools {
  readonly actor: Actor;
  readonly credential: string;
  readonly address: string | undefined;
  readonly callId: string;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Read-only. */
  readonly db: Db;
  readonly objects: Objects;
  readonly embeddings: Embeddings;
  /** What the environment says of the variables that the plugin declares in `settings`. Never log them. */
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** Where people reach this installation, without a trailing slash. */
  readonly publicUrl: string;
  /** HMAC-SHA-256 in hex of a JSON value, under the installation's key, for this plugin alone: a secret that need not be stored to be made again. */
  digest(value: unknown): string;
  /** Opens an input of type `file`. Errors: core.unknown_file, core.path_not_allowed. */
  openFile(id: string): Promise<UploadedFile>;
  /** Says how far slow work is. Whoever waits for the call is told where the surface can: it must grow. */
  progress(done: number, total?: number): void;
}

/** What a step of a job gets beside: what has an effect outside. */
export interface JobTools extends Tools {
  readonly mail: Mail;
}

/** Bytes that somebody handed in: in quarantine until a handler stores what `prepare` made of them. */
export interface UploadedFile {
  readonly name: string;
  readonly size: number;
  /** A path on this machine to read from, until `dispose`. */
  readonly path: string;
  /** Deletes the local copy of an upload; the local operator's own file stays. */
  dispose(): Promise<void>;
}

/** Whether a permission is held at all (no brand given) or on this brand. */
export function holds(rights: Rights, permission: string, brandId?: string): boolean {
  const reach = rights.get(permission);
  if (reach === undefined) return false;
  return brandId === undefined || reach === 'company' || reach.has(brandId);
}

/** Where a role is held; neither brand nor department: on the whole company. */
export type Place = Pick<Grant, 'brandId' | 'departmentId'>;

/**
 * Whether somebody holds this role there, or a higher one of `ROLES`: on the company, of which brands and departments are parts,
 * or on that part.
 */
export function holdsRole({ roles }: Pick<Actor, 'roles'>, role: string, { brandId, departmentId }: Place = {}): boolean {
  const wanted = rankOf(role);
  const covers = (held: Grant) =>
    (held.brandId === undefined && held.departmentId === undefined) ||
    (held.brandId === brandId && held.departmentId === departmentId);
  return roles.some((held) => (held.role === role || rankOf(held.role) > wanted) && covers(held));
}

/** The Owner's is the highest; roles outside that order are neither above nor below. */
function rankOf(role: string): number {
  const place = (ROLES as readonly string[]).indexOf(role);
  return place < 0 ? Number.NaN : -place;
}

/** The rights that both have: reach by reach. */
export function intersect(one: Rights, other: Rights): Rights {
  const both = new Map<string, Reach>();
  for (const [permission, reach] of one) {
    const second = other.get(permission);
    if (second === undefined) continue;
    const shared =
      reach === 'company' ? second : second === 'company' ? reach : new Set([...reach].filter((brand) => second.has(brand)));
    if (shared === 'company' || shared.size > 0) both.set(permission, shared);
  }
  return both;
}

/** The person for whom a call is made: of an agent, whoever it acts for. */
export const personOf = ({ actor, onBehalfOf }: Pick<Context, 'actor' | 'onBehalfOf'>): string => onBehalfOf?.id ?? actor.id;

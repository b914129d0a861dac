// Effective rights: user ∩ agent ∩ agents that handed the work on ∩ token scopes, and of agents the actions that they are kept to. The gate decides on the action's name, before anything is parsed.
import { type SQL, sql } from 'drizzle-orm';
import { type Actor, type Db, holds, holdsRole, intersect, type Reach, type Rights } from '../context.ts';
import type { Tx } from '../db/database.ts';
import type { Grant, Principal } from '../define/directory.ts';
import type { Party, Rules, Stopped, Weigh } from '../define/governor.ts';
import type { Role } from '../define/plugin.ts';
import { coreErrors, type TroupeError } from '../errors.ts';
import { type Caller, partiesOf } from './call.ts';
import type { Registry } from './registry.ts';

/** What somebody holds by their own roles. */
interface Held {
  readonly name: string;
  readonly known: boolean;
  readonly rights: Rights;
  readonly roles: readonly Grant[];
  /** The names of the actions that they are kept to. */
  readonly only?: ReadonlySet<string>;
  readonly hands: readonly string[];
}

/** What one caller may do now. `whole` leaves scopes and a missing proof out: it tells a missing scope or proof from a missing right. */
export interface Authority {
  readonly actor: Actor;
  readonly whole: Rights;
  readonly known: boolean;
  /** The names of the actions that the actor is kept to, whatever its rights open; undefined: to none. */
  readonly only?: ReadonlySet<string>;
  /** What is switched off for everybody. */
  readonly stopped: Stopped;
  readonly rules: Rules;
  readonly weigh: Weigh;
  /** Whom the rules are asked about: the actor, the agents that handed the work on, and the person for whom it acts. */
  readonly parties: readonly Party[];
  /** Who have the actor, or the person for whom it acts, in their hands: the makers of their tokens, and theirs. */
  readonly hands: readonly string[];
  readonly version: string;
}

/** What the governor says of everybody. */
type Governed = Pick<Authority, 'stopped' | 'rules' | 'weigh'>;

export interface Reader {
  readonly db: Db;
  rows<T>(query: SQL): Promise<T[]>;
}

export interface Authorizer {
  /** With the version of rights that this process saw last; `fresh` asks the database. */
  of(caller: Caller, reader: Reader, options?: { version?: string; fresh?: boolean }): Promise<Authority>;
  /** Why what needs this permission, and is this action, is not open to the caller, or undefined. No permission: nobody holds it. */
  refusal(authority: Authority, permission: string | undefined, action?: string): TroupeError | undefined;
  /** Another process changed rights. */
  forget(): void;
}

/** A transaction whose handler has ended: its own database handle works no more. */
export const afterHandler = (tx: Tx): Reader => ({ db: tx.lastingDb, rows: tx.rows });

const CACHE_SIZE = 10_000;
const NOTHING: Stopped = { actors: new Set(), plugins: new Set(), actions: new Set() };
const WEIGHS_NOTHING: Weigh = async () => [];
const NO_RULES: Rules = { permissions: new Set(), takes: () => undefined, decide: () => ({ decision: 'allow' }) };

/** core.switched_off, where the work, its plugin, or whoever does it, asked for it or has one of these in their hands was stopped. */
export function switchedOff(
  { stopped, hands }: Authority,
  caller: Caller,
  work: { readonly name: string; readonly plugin: { readonly id: string } },
): TroupeError | undefined {
  const isOff =
    stopped.actions.has(work.name) ||
    stopped.plugins.has(work.plugin.id) ||
    [...partiesOf(caller).map(({ id }) => id), ...hands].some((id) => stopped.actors.has(id));
  return isOff ? coreErrors.switched_off() : undefined;
}

/** `requireSecondFactor`: those in charge do nothing with one proof but what enrolling another needs. */
export function createAuthorizer(registry: Registry, { requireSecondFactor = false } = {}): Authorizer {
  const cache = new Map<string, Authority>();
  let lastVersion: string | undefined;
  let governed: (Governed & { readonly version: string }) | undefined;

  async function currentVersion(reader: Reader): Promise<string> {
    const [row] = await reader.rows<{ version: string }>(sql`select version from core.rights`);
    return String(row?.version);
  }

  /** What the governor says at this version of rights. */
  async function governedAt(version: string, reader: Reader): Promise<Governed> {
    const { governor } = registry;
    if (!governor) return { stopped: NOTHING, rules: NO_RULES, weigh: WEIGHS_NOTHING };
    if (governed?.version === version) return governed;
    const { db } = reader;
    const read = { stopped: await governor.stopped(db), rules: await governor.rules(db), weigh: await governor.weigher(db) };
    governed = { version, ...read };
    return governed;
  }

  async function heldBy(principal: Principal, reader: Reader): Promise<Held> {
    const { name } = principal;
    const byRoles = (roles: readonly Grant[]) => ({
      name,
      known: true,
      rights: rightsFromGrants(registry, roles),
      roles,
      hands: [],
    });
    if (principal.kind === 'guest') return byRoles([]);
    if (principal.kind === 'operator') return byRoles([{ role: 'owner' }]);
    if (principal.kind === 'service') {
      const plugin = registry.plugins.get(principal.id.replace('service:', ''));
      const rights = new Map(Object.keys(plugin?.permissions ?? {}).map((one) => [one, 'company' as const]));
      return { name, known: plugin !== undefined, rights, roles: [], hands: [] };
    }
    const found = await registry.directory?.grantsOf(reader.db, principal.id);
    if (!found) return { name, known: false, rights: new Map(), roles: [], hands: [] };
    const only = found.actions && { only: new Set(found.actions) };
    return { ...byRoles(found.grants), name: found.name, hands: found.hands ?? [], ...only };
  }

  return {
    async of(caller, reader, { version, fresh = false } = {}) {
      const now = version ?? (fresh || lastVersion === undefined ? await currentVersion(reader) : lastVersion);
      if (now !== lastVersion) cache.clear();
      lastVersion = now;
      const { principal } = caller;
      const all = partiesOf(caller);
      // the version is part of the key: rights that were read before a change must not be taken for those after it
      const key = JSON.stringify([
        now,
        all.map((one) => [one.kind, one.id, scopesOf(registry, one) ?? null, one.proofs ?? null]),
      ]);
      const cached = cache.get(key);
      if (cached) return cached;

      const { stopped, rules, weigh } = await governedAt(now, reader);
      const own = narrow(await heldBy(principal, reader), principal, rules);
      const others: (Held & { readonly party?: Party })[] = [];
      for (const one of all.slice(1)) others.push(narrow(await heldBy(one, reader), one, rules));
      const held = [own, ...others];
      const whole = others.reduce((rights, other) => intersect(rights, other.rights), own.rights);
      const owesProof = held.some(
        ({ roles }, at) => requireSecondFactor && all[at]?.proofs === 1 && roles.some((grant) => isInCharge(registry, grant)),
      );
      const scopes = all.map((one) => scopesOf(registry, one)).filter((some) => some !== undefined);
      const scoped = scopes.reduce((rights, some) => cut(registry, rights, some), whole);
      const rights = owesProof ? new Map([...scoped].filter(([permission]) => registry.oneProof.has(permission))) : scoped;
      // to hold a role is to hold all that it brings
      const only = keptTo(held);
      const isWhole = !owesProof && !only && scopes.every((some) => some.includes('*'));
      const roles = isWhole ? own.roles.filter((grant) => others.every((other) => holdsRole(other, grant.role, grant))) : [];
      const actor: Actor = Object.freeze({
        id: principal.id,
        kind: principal.kind,
        name: own.name,
        rights,
        roles,
        ...(owesProof && { owesProof }),
      });
      const known = held.every((one) => one.known);
      const parties = held.flatMap(({ party }) => party ?? []);
      const hands = held.flatMap((one) => one.hands);
      const kept = only && { only };
      const authority: Authority = { actor, whole, known, stopped, rules, weigh, parties, hands, version: now, ...kept };
      if (cache.size >= CACHE_SIZE) cache.clear();
      cache.set(key, authority);
      return authority;
    },

    refusal({ actor, whole, known, only }, permission, action) {
      if (!known) return coreErrors.bad_credentials();
      if (only && action !== undefined && !only.has(action)) return coreErrors.unknown_action();
      if (permission !== undefined && holds(actor.rights, permission)) return undefined;
      if (actor.kind === 'guest') return coreErrors.unauthenticated();
      if (permission !== undefined && holds(whole, permission)) {
        if (actor.owesProof && !registry.oneProof.has(permission)) return coreErrors.second_factor_needed();
        return coreErrors.scope_needed({ scope: permission });
      }
      return coreErrors.unknown_action();
    },

    forget() {
      lastVersion = undefined;
    },
  };
}

/** Owners and Admins of the company, and whoever holds by a role of the company's own what people in charge hold themselves. */
function isInCharge({ inCharge }: Registry, { role, permissions, brandId, departmentId }: Grant): boolean {
  if (departmentId !== undefined) return false;
  if (permissions) return permissions.some((permission) => inCharge.has(permission));
  return brandId === undefined && (role === 'owner' || role === 'admin');
}

/** What all of them are kept to; undefined: none of them is. */
function keptTo(all: readonly Held[]): ReadonlySet<string> | undefined {
  return all
    .flatMap(({ only }) => (only ? [only] : []))
    .reduce<ReadonlySet<string> | undefined>((some, only) => (some ? some.intersection(only) : only), undefined);
}

/** What the rules leave of it. Neither the operator of the machine nor a plugin in its own name is asked about. */
function narrow(held: Held, { id, kind }: Principal, rules: Rules): Held & { readonly party?: Party } {
  if (kind === 'operator' || kind === 'service') return held;
  const party = { id, kind, roles: held.roles };
  const taken = [...rules.permissions].filter((one) => held.rights.has(one) && rules.takes(one, party) !== undefined);
  if (taken.length === 0) return { ...held, party };
  return { ...held, party, rights: new Map([...held.rights].filter(([permission]) => !taken.includes(permission))) };
}

/** Everybody holds what a guest holds; each grant on the company or a brand adds its role's permissions where it reaches. */
export function rightsFromGrants(registry: Registry, grants: readonly Grant[]): Rights {
  const rights = new Map<string, Reach>();
  for (const permission of registry.permissionsOf.guest) rights.set(permission, 'company');
  for (const { role, permissions, brandId, departmentId } of grants) {
    if (departmentId !== undefined) continue;
    for (const permission of permissions ?? declaredFor(registry, role)) {
      const reach = rights.get(permission);
      if (reach === 'company' || (brandId !== undefined && registry.companyOnly.has(permission))) continue;
      rights.set(permission, brandId === undefined ? 'company' : new Set([...(reach ?? []), brandId]));
    }
  }
  return rights;
}

function declaredFor({ permissionsOf, plugins }: Registry, role: string): Iterable<string> {
  if (role !== 'auditor') return permissionsOf[role as Role] ?? []; // a role that nobody declares holds nothing
  return [...plugins.values()].flatMap(({ permissions }) => Object.keys(permissions).filter((one) => permissions[one]?.auditor));
}

/**
 * Undefined: neither a token nor an account in a chat. A token that names none was made, or asked for something that waits, before it had
 * to. An account does what any token of its person could, and decides what waits, which people are asked in their chat.
 */
function scopesOf({ governor }: Registry, { credential, scopes }: Principal): readonly string[] | undefined {
  if (scopes || credential.startsWith('token:')) return scopes ?? ['*'];
  return credential.startsWith('account:') ? ['*', ...(governor ? [governor.permission] : [])] : undefined;
}

/** Scopes are names of permissions; `ledger.*` covers a plugin's, `*` all, but for what those in charge do themselves: that is named. */
function cut({ inCharge }: Registry, rights: Rights, scopes: readonly string[]): Rights {
  const covered = (permission: string) =>
    scopes.some(
      (scope) =>
        scope === permission || (scope.endsWith('*') && !inCharge.has(permission) && permission.startsWith(scope.slice(0, -1))),
    );
  return new Map([...rights].filter(([permission]) => covered(permission)));
}

// Who holds what, worked out from the tables apart from the kernel: one text for each permission and place, like `ledger.entry.read@gallery`.
import { sql } from 'drizzle-orm';
import type { House } from '../../../core/src/house.ts';

const RANKS = ['owner', 'admin', 'editor', 'viewer', 'guest'] as const;
const COMPANY = '*';

export type Held = ReadonlySet<string>;

interface Row {
  readonly actor: string;
  readonly role: string | null;
  readonly brand: string | null;
  readonly department: string | null;
  readonly permissions: readonly string[] | null;
}

/** Of every active actor. A role on a department is `role:editor@department:finance`, and so are those below it. */
export async function readRights({ database, kernel }: House): Promise<Map<string, Held>> {
  const rows = await database.rows<Row>(sql`select a.id as actor, g.role, g.brand_id as brand, g.department_id as department,
    r.permissions from identity.actors a left join identity.grants g on g.actor_id = a.id
    left join identity.roles r on r.id = g.role where a.active`);
  const declared = [...kernel.plugins.values()].flatMap(({ permissions }) => Object.entries(permissions));
  const companyOnly = new Set(declared.filter(([, { company }]) => company).map(([name]) => name));
  const ofRole = (role: string) =>
    declared
      .filter(([, { roles, auditor }]) =>
        role === 'auditor' ? auditor : roles.some((one) => rankOf(one) >= rankOf(role) && rankOf(role) >= 0),
      )
      .map(([name]) => name);
  const guest = ofRole('guest').map((name) => at(name, COMPANY));
  const held = new Map<string, Set<string>>();
  for (const { actor, role, brand, department, permissions } of rows) {
    const own = held.get(actor) ?? new Set(guest);
    held.set(actor, own);
    if (role === null) continue;
    if (department !== null) for (const one of atOrBelow(role)) own.add(`role:${one}@department:${department}`);
    else
      for (const name of permissions ?? ofRole(role))
        if (brand === null || !companyOnly.has(name)) own.add(at(name, brand ?? COMPANY));
  }
  return held;
}

/** What a token leaves: permissions that a scope covers or, of what those in charge do themselves, names; and no role, but with `*`. */
export function cutTo({ kernel }: House, held: Held, scopes: readonly string[] | undefined): Held {
  if (!scopes) return held;
  const declared = [...kernel.plugins.values()].flatMap(({ permissions }) => Object.entries(permissions));
  const inCharge = new Set(declared.filter(([, { people, roles }]) => people && !roles.includes('guest')).map(([name]) => name));
  const wide = scopes.filter((scope) => scope.endsWith('*')).map((scope) => scope.slice(0, -1));
  const covers = (name: string) => scopes.includes(name) || (!inCharge.has(name) && wide.some((start) => name.startsWith(start)));
  const isRole = (one: string) => one.startsWith('role:');
  return new Set([...held].filter((one) => (isRole(one) ? scopes.includes('*') : covers(one.split('@')[0] ?? ''))));
}

/** Whether this, or the same on the whole company, is held. */
export function includes(held: Held, one: string): boolean {
  return held.has(one) || held.has(at(one.split('@')[0] ?? '', COMPANY));
}

/** What both hold, place by place; without what a place adds to the same on the whole company. */
export function shared(one: Held, other: Held): Held {
  const both = [...one].filter((right) => includes(other, right)).concat([...other].filter((right) => includes(one, right)));
  return simplest(new Set(both));
}

export const simplest = (held: Held): Held =>
  new Set([...held].filter((one) => one.endsWith(`@${COMPANY}`) || !held.has(at(one.split('@')[0] ?? '', COMPANY))));

/** What identity.get-me says, in the same words. */
export const toldRights = (permissions: readonly { name: string; brands?: readonly string[] }[]): Held =>
  new Set(permissions.flatMap(({ name, brands }) => (brands ?? [COMPANY]).map((brand) => at(name, brand))));

const at = (name: string, place: string) => `${name}@${place}`;
const rankOf = (role: string) => (RANKS as readonly string[]).indexOf(role);
const atOrBelow = (role: string) => (rankOf(role) < 0 ? [role] : RANKS.slice(rankOf(role)));

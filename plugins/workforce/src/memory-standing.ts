// Who asks for memories: with the rights of all who stand behind the call, as they are in this transaction.
import { type Context, holds, holdsRole, type Reach } from '@troupe-os/core';
import { type Holder, identityPort } from '@troupe-os/plugin-identity/contract';
import { inArray } from 'drizzle-orm';
import type { MemoryScope } from './contract.ts';
import { agents } from './schema.ts';

export const USE_MEMORY = 'workforce.memory.use';
/** Saves for others: for who talks with an agent, for a brand, for the company. */
export const SHARE_MEMORY = 'workforce.memory.share';
/** Deletes what others had saved for a brand or the company. */
export const MANAGE_MEMORY = 'workforce.memory.manage';

export interface Standing {
  /** The person who asks, or for whom an agent does. Undefined: nobody does. */
  readonly personId: string | undefined;
  /** The agent that asks. */
  readonly agentId: string | undefined;
  readonly seesAgents: boolean;
  readonly managesAgents: boolean;
  readonly reads: Reach | undefined;
  readonly shares: Reach | undefined;
  readonly manages: Reach | undefined;
  /** Departments to which all of them belong; those for which they may save; those that they administer. */
  readonly departments: readonly string[];
  readonly sharedDepartments: readonly string[];
  readonly managedDepartments: readonly string[];
}

export async function standingOf(ctx: Context): Promise<Standing> {
  const { rights } = ctx.actor;
  const person = ctx.parties.find(({ kind }) => kind === 'user' || kind === 'operator');
  return {
    personId: person?.id,
    agentId: ctx.actor.kind === 'agent' ? ctx.actor.id : undefined,
    seesAgents: holds(rights, 'workforce.agent.read'),
    managesAgents: rights.get('workforce.agent.manage') === 'company',
    reads: rights.get(USE_MEMORY),
    shares: rights.get(SHARE_MEMORY),
    manages: rights.get(MANAGE_MEMORY),
    ...(await departmentsOf(ctx)),
  };
}

type Rank = 'member' | 'editor' | 'admin';

/**
 * A person belongs to a department by a role on it, and an Admin of the company to all of them; an agent by such a role too, or as its record
 * names the department. A role on the company below Admin opens none: else everybody would belong to each.
 */
async function departmentsOf(ctx: Context) {
  const identity = ctx.use(identityPort);
  const ids = ctx.parties.map(({ id }) => id);
  const agentIds = ctx.parties.filter(({ kind }) => kind === 'agent').map(({ id }) => id);
  const [open, held, records] = await Promise.all([
    identity.openDepartments(),
    identity.rolesOf(ids),
    agentIds.length === 0
      ? []
      : ctx.db.select({ id: agents.id, departments: agents.departments }).from(agents).where(inArray(agents.id, agentIds)),
  ]);
  const rolesBy = new Map(held.map(({ id, roles }) => [id, roles]));
  const namesBy = new Map(records.map((agent) => [agent.id, agent.departments.map((name) => name.toLowerCase())]));
  const areAllIn = (rank: Rank) =>
    open
      .filter(({ departmentId, name }) =>
        ctx.parties.every(({ id, kind }) => {
          const named = namesBy.get(id) ?? [];
          if (kind === 'operator' || named.includes(departmentId) || named.includes(name.toLowerCase())) return true;
          return isIn(rolesBy.get(id) ?? [], departmentId, rank);
        }),
      )
      .map(({ departmentId }) => departmentId);
  return {
    departments: areAllIn('member'),
    sharedDepartments: areAllIn('editor'),
    managedDepartments: areAllIn('admin'),
  };
}

function isIn(roles: Holder['roles'], departmentId: string, rank: Rank): boolean {
  if (holdsRole({ roles }, 'admin')) return true;
  const there = roles.filter((role) => role.departmentId === departmentId);
  return rank === 'member' ? there.length > 0 : holdsRole({ roles: there }, rank, { departmentId });
}

/** Whether they may save for this scope. Of an agent: whether somebody talks with it is `isTalkedWith`. */
export function mayShare(standing: Standing, scope: MemoryScope, scopeId: string): boolean {
  const { personId, agentId, shares } = standing;
  if (personId === undefined) return false;
  switch (scope) {
    case 'person':
      return scopeId === personId;
    case 'agent':
      return standing.seesAgents && shares === 'company' && (agentId === undefined || agentId === scopeId);
    case 'department':
      return standing.sharedDepartments.includes(scopeId);
    case 'brand':
      return shares === 'company' || (shares?.has(scopeId) ?? false);
    case 'company':
      return shares === 'company';
  }
}

/** Whether they may delete a memory that they see. */
export function mayDelete(standing: Standing, memory: { scope: MemoryScope; scopeId: string; personId: string }): boolean {
  const { manages } = standing;
  if (memory.personId === standing.personId) return true;
  switch (memory.scope) {
    case 'person':
      return false;
    case 'agent':
      return standing.managesAgents;
    case 'department':
      return standing.managedDepartments.includes(memory.scopeId);
    case 'brand':
      return manages === 'company' || (manages?.has(memory.scopeId) ?? false);
    case 'company':
      return manages === 'company';
  }
}

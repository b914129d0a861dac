// Agents as actors: the roles that they hold, and the actions that they are kept to.
import type { Context, Db } from '@troupe-os/core';
import { and, eq } from 'drizzle-orm';
import type { AgentRights } from './contract.ts';
import { activeActors } from './directory.ts';
import { identityErrors } from './errors.ts';
import { recordGrant } from './grants.ts';
import { addActor } from './people.ts';
import { assertMayGive, type RoleSomewhere } from './rights.ts';
import { actors } from './schema.ts';

interface NewAgent {
  readonly name: string;
  readonly roles: readonly RoleSomewhere[];
  readonly actions?: readonly string[] | undefined;
}

/** Adds an agent with its roles. What a plugin does in its own name is the plugin's right; a person gives only what they hold. */
export async function addAgent(ctx: Context, { name, roles, actions }: NewAgent): Promise<string> {
  const actorId = await addActor(ctx, { kind: 'agent', name, actions });
  for (const given of roles) {
    if (given.role === 'owner') throw identityErrors.agent_owner();
    if (ctx.actor.kind !== 'service') await assertMayGive(ctx, given);
    await recordGrant(ctx, actorId, given);
  }
  return actorId;
}

export async function agentRights(db: Db, actorId: string): Promise<AgentRights | undefined> {
  const [found] = await activeActors(db, isAgent(actorId));
  return found && { roles: found.roles, ...(found.actions && { actions: found.actions }) };
}

/** Whoever widens what an agent does gives it something, so they could give it all that it holds. Errors: identity.unknown_person, identity.beyond_own_rights. */
export async function keepAgentTo(ctx: Context, actorId: string, actions: readonly string[] | null): Promise<void> {
  const [agent] = await activeActors(ctx.db, isAgent(actorId));
  if (!agent) throw identityErrors.unknown_person();
  for (const held of agent.roles) await assertMayGive(ctx, held);
  await ctx.db
    .update(actors)
    .set({ actions: actions && [...actions] })
    .where(eq(actors.id, actorId));
}

const isAgent = (actorId: string) => and(eq(actors.id, actorId), eq(actors.kind, 'agent'));

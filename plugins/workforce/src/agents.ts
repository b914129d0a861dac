import type { Context } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { eq } from 'drizzle-orm';
import { workforceErrors } from './errors.ts';
import { agents } from './schema.ts';

export interface NewAgent {
  readonly name: string;
  readonly role: string;
  readonly description: string;
  readonly instructions: string;
  readonly departments: readonly string[];
  readonly model?: string | undefined;
  readonly responsibleId: string;
  readonly roles: readonly { role: 'admin' | 'editor' | 'viewer' | 'guest'; brandId?: string | undefined }[];
}

/** Adds an agent, as an actor with rights of its own and as a record. Errors: those of `identityPort.createActor`, workforce.agent_name_taken. */
export async function addAgent(ctx: Context, { roles, departments, model, ...agent }: NewAgent): Promise<string> {
  const { actorId } = await ctx.use(identityPort).createActor({
    kind: 'agent',
    name: agent.name,
    roles: roles.map(({ role, brandId }) => ({ role, ...(brandId === undefined ? {} : { brandId }) })),
  });
  await ctx.db.insert(agents).values({
    id: actorId,
    ...agent,
    departments: [...departments],
    model: model ?? null,
    state: 'active',
    createdAt: ctx.now,
    updatedAt: ctx.now,
  });
  return actorId;
}

/** Errors: workforce.unknown_agent. */
export async function agentOf(ctx: Context, agentId: string) {
  const [agent] = await ctx.db.select().from(agents).where(eq(agents.id, agentId));
  if (!agent) throw workforceErrors.unknown_agent();
  return agent;
}

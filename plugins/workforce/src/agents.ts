import { type Context, holds } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { and, eq } from 'drizzle-orm';
import { putBudget } from './budgets.ts';
import { workforceErrors } from './errors.ts';
import { agents, budgets } from './schema.ts';
import { toAgent } from './shapes.ts';

export interface NewAgent {
  readonly name: string;
  readonly role: string;
  readonly description: string;
  readonly instructions: string;
  readonly departments: readonly string[];
  readonly model?: string | undefined;
  readonly responsibleId: string;
  readonly roles: readonly { role: 'admin' | 'editor' | 'viewer' | 'guest'; brandId?: string | undefined }[];
  /** The names of those that it is kept to; without them all that its roles open. */
  readonly actions?: readonly string[] | undefined;
  readonly dailyMicroUsd?: bigint | undefined;
}

/** Without these an agent answers nothing, and ends no task: it reads who it is, its conversation and its task, and what is remembered. */
const ALWAYS = [
  'workforce.finish-task',
  'workforce.get-agent',
  'workforce.get-conversation',
  'workforce.get-task',
  'workforce.search-memories',
];

/**
 * Adds an agent, as an actor with rights of its own and as a record.
 * Errors: those of `identityPort.createActor`, workforce.agent_name_taken, workforce.no_such_action, workforce.budget_of_others.
 */
export async function addAgent(ctx: Context, added: NewAgent): Promise<string> {
  const { roles, actions, departments, model, dailyMicroUsd, ...agent } = added;
  const { actorId } = await ctx.use(identityPort).createActor({
    kind: 'agent',
    name: agent.name,
    roles: roles.map(({ role, brandId }) => ({ role, ...(brandId === undefined ? {} : { brandId }) })),
    ...(actions && { actions: knownActions(ctx, actions) }),
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
  if (dailyMicroUsd === undefined) return actorId;
  if (ctx.actor.rights.get('workforce.budget.manage') !== 'company') throw workforceErrors.budget_of_others();
  await putBudget(ctx, { kind: 'agent', actorId, dailyMicroUsd });
  return actorId;
}

/** Keeps an agent to these actions; null: to none. Errors: those of `identityPort.keepAgentTo`, workforce.no_such_action. */
export async function keepTo(ctx: Context, agentId: string, actions: readonly string[] | null): Promise<void> {
  await ctx.use(identityPort).keepAgentTo(agentId, actions && knownActions(ctx, actions));
}

function knownActions({ catalogue }: Context, actions: readonly string[]): string[] {
  const unknown = actions.filter((name) => catalogue.action(name) === undefined);
  if (unknown.length > 0) throw workforceErrors.no_such_action({ actions: unknown });
  return [...new Set([...actions, ...ALWAYS])].sort();
}

/** Errors: workforce.unknown_agent. */
export async function agentOf(ctx: Context, agentId: string) {
  const [agent] = await ctx.db.select().from(agents).where(eq(agents.id, agentId));
  if (!agent) throw workforceErrors.unknown_agent();
  return agent;
}

/** With what it may do, and to those who see budgets what it may cost. Errors: workforce.unknown_agent. */
export async function describeAgent(ctx: Context, agentId: string) {
  const agent = toAgent(await agentOf(ctx, agentId));
  const rights = await ctx.use(identityPort).agent(agentId);
  const roles = (rights?.roles ?? []).map(({ role, brandId, departmentId }) => ({ role, brandId, departmentId }));
  const [budget] = holds(ctx.actor.rights, 'workforce.budget.read')
    ? await ctx.db
        .select({ dailyMicroUsd: budgets.dailyMicroUsd })
        .from(budgets)
        .where(and(eq(budgets.kind, 'agent'), eq(budgets.actorId, agentId)))
    : [];
  return { ...agent, roles, ...(rights?.actions && { actions: [...rights.actions] }), ...budget };
}

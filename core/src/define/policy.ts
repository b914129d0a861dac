import type { Actor } from '../context.ts';
import type { AnyAction } from './action.ts';

/** `approve`: only with the yes of another person, or, as `approve by two`, of two others. */
export type Decision = 'allow' | 'deny' | 'approve' | 'approve by two';

/** What a policy decides on: before the transaction without `record`, inside it with the locked record of the action's `resource`. */
export interface PolicyQuestion {
  readonly actor: Actor;
  readonly onBehalfOf: { readonly id: string } | undefined;
  readonly action: Pick<AnyAction, 'name' | 'effect' | 'consequential' | 'risk' | 'permission'>;
  readonly input: unknown;
  readonly record: Readonly<Record<string, unknown>> | undefined;
  readonly tainted: boolean;
}

/** A rule in code. Any deny wins, approvals add up, an error is a deny. Pure: no database, no clock. */
export interface Policy {
  readonly name: string;
  /** Names of actions; `*` for all. */
  readonly on: readonly string[];
  decide(question: PolicyQuestion): Decision;
}

/** Declares a policy. */
export function definePolicy(policy: Policy): Policy {
  return Object.freeze(policy);
}

/** Closes actions to agents, whatever roles they and the people they act for hold: no text that an agent has read may reach there. */
export function agentsNever(plugin: string, on: readonly string[]): Policy {
  return definePolicy({ name: `${plugin}.agents-never`, on, decide: ({ actor }) => (actor.kind === 'agent' ? 'deny' : 'allow') });
}

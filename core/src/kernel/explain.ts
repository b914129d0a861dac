// Why somebody may or may not do something: the same questions as a call's, asked one by one and told.
import type { Tx } from '../db/database.ts';
import type { Grant, Principal } from '../define/directory.ts';
import type { Decision } from '../define/policy.ts';
import { type Authority, type Authorizer, createAuthorizer, rightsFromGrants, switchedOff } from './authorize.ts';
import { decisionsOf } from './policy.ts';
import type { Registry } from './registry.ts';
import { actionWork, questionOf } from './work.ts';

export interface AccessQuestion {
  readonly actorId: string;
  /** The person for whom the actor acts. */
  readonly onBehalfOf?: string | undefined;
  readonly action: string;
  /** In wire form; without one, policies and rules that look at the input are asked about an empty one. */
  readonly input?: unknown;
}

export interface AccessStep {
  /** `unknown`: the action does not exist for them. */
  readonly says: 'yes' | 'unknown' | 'denied' | 'needs a yes' | 'switched off';
  /** One sentence. */
  readonly why: string;
}

/** The steps up to the first that refuses; the last one decides. Undefined: there is no such actor or person. */
export async function explainAccess(
  { registry }: { readonly registry: Registry },
  tx: Pick<Tx, 'rows' | 'db'>,
  { actorId, onBehalfOf, action, input = {} }: AccessQuestion,
): Promise<AccessStep[] | undefined> {
  const principal = await principalOf(registry, tx, actorId);
  const person = onBehalfOf === undefined ? undefined : await principalOf(registry, tx, onBehalfOf);
  if (!principal || (onBehalfOf !== undefined && !person)) return undefined;
  const registered = registry.actions.get(action);
  if (!registered) return [{ says: 'unknown', why: `no plugin has an action ${action}` }];

  const caller = { principal, tainted: false, ...(person ? { onBehalfOf: person } : {}) };
  const authorizer = createAuthorizer(registry); // of its own: what a transaction sees that is rolled back must not be kept
  const authority = await authorizer.of(caller, tx, { fresh: true });
  const { permission } = registered.action;
  const steps: AccessStep[] = [];
  for (const one of [principal, ...(person ? [person] : [])]) {
    const held = await holding(registry, authorizer, tx, { principal: one, permission, action, authority });
    steps.push(held);
    if (held.says !== 'yes') return steps;
  }
  const work = actionWork(registered, 'explained');
  if (switchedOff(authority, caller, work))
    return [
      ...steps,
      { says: 'switched off', why: 'the actor, whoever made its token, the plugin or the action is switched off' },
    ];
  const decoded = work.input.safeDecode(input as never);
  const asInput = decoded.success ? decoded.data : input;
  const question = questionOf(work, { action, input, caller, surface: 'explained', requestId: '' }, authority, asInput);
  const asked = decisionsOf(registry.policies, question).map(({ policy, decision }) => ({
    name: `the policy ${policy.name}`,
    decision,
  }));
  const ruled = authority.parties.map((party) => {
    const { decision, rule } = authority.rules.decide(party, question);
    return { name: `the rule ${rule}, asked about ${party.id},`, decision };
  });
  const decided = [...asked, ...ruled];
  const last = STRICTEST_FIRST.map((strict) => decided.find(({ decision }) => decision === strict)).find(Boolean);
  if (last) return [...steps, { says: SAYS[last.decision], why: `${last.name} ${VERB[last.decision]}` }];
  return [
    ...steps,
    { says: 'yes', why: 'no policy, rule or switch says otherwise; limits and tiers are decided on what the call does' },
  ];
}

const STRICTEST_FIRST = ['deny', 'approve by two', 'approve'] as const satisfies readonly Decision[];
const SAYS = {
  allow: 'yes',
  deny: 'denied',
  approve: 'needs a yes',
  'approve by two': 'needs a yes',
} as const satisfies Record<Decision, AccessStep['says']>;
const VERB = {
  allow: 'allows it',
  deny: 'forbids it',
  approve: 'asks for the yes of a person',
  'approve by two': 'asks for the yes of two people',
} as const;

async function principalOf({ directory }: Registry, tx: Pick<Tx, 'db'>, id: string): Promise<Principal | undefined> {
  const kind = id === 'guest' ? 'guest' : id === 'local-operator' ? 'operator' : undefined;
  if (kind) return { id, kind, name: id, credential: 'explained' };
  const found = await directory?.grantsOf(tx.db, id);
  return found && { id, kind: found.kind, name: found.name, credential: 'explained' };
}

interface Asked {
  readonly principal: Principal;
  readonly permission: string;
  readonly action: string;
  readonly authority: Authority;
}

/** Whether one of them holds the permission, and by which role. */
async function holding(
  registry: Registry,
  authorizer: Authorizer,
  tx: Pick<Tx, 'rows' | 'db'>,
  { principal, permission, action, authority }: Asked,
): Promise<AccessStep> {
  const alone = await authorizer.of({ principal, tainted: false }, tx, { version: authority.version });
  const reach = alone.actor.rights.get(permission);
  const { name } = principal;
  if (alone.only && !alone.only.has(action))
    return { says: 'unknown', why: `${action} is none of the actions that ${name} is kept to` };
  if (reach !== undefined) {
    const where = reach === 'company' ? 'the whole company' : `the brands ${[...reach].join(', ')}`;
    return {
      says: 'yes',
      why: `${name} holds ${permission} on ${where}, by ${rolesText(bringing(registry, alone, permission))}`,
    };
  }
  const rule = alone.parties.map((party) => alone.rules.takes(permission, party)).find((taken) => taken !== undefined);
  if (rule !== undefined) return { says: 'unknown', why: `the rule ${rule} takes ${permission} from ${name}` };
  const declared = [...registry.plugins.values()].flatMap(({ permissions }) => permissions[permission]?.roles ?? []);
  return {
    says: 'unknown',
    why: `${name} does not hold ${permission}: it takes ${declared.join(' or ')}, and they are ${rolesText(alone.actor.roles)}`,
  };
}

/** Those of their roles that bring the permission. */
function bringing(registry: Registry, { actor }: Authority, permission: string): readonly Grant[] {
  return actor.roles.filter((grant) => rightsFromGrants(registry, [grant]).has(permission));
}

function rolesText(grants: readonly Grant[]): string {
  const roles = grants.map(({ role, brandId, departmentId }) => {
    const place = departmentId ? ` of the department ${departmentId}` : brandId ? ` of the brand ${brandId}` : '';
    return `${role}${place}`;
  });
  return roles.join(', ') || 'guest';
}

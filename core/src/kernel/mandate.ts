// With what rights something is done later in somebody's name: with no others than the call had that asked for it.
import type { Principal } from '../define/directory.ts';
import type { Caller } from './call.ts';

/** A caller as text that may be kept. No names, which are looked up, and no address; secrets are in no caller. */
export function mandateOf({ principal, onBehalfOf, through, tainted }: Caller): string {
  return JSON.stringify({
    principal: nameless(principal),
    ...(onBehalfOf ? { onBehalfOf: nameless(onBehalfOf) } : {}),
    ...(through ? { through: through.map(nameless) } : {}),
    tainted,
  });
}

/** The caller that a mandate was made of, without its names. */
export const callerOfMandate = (mandate: string): Caller => JSON.parse(mandate) as Caller; // `mandateOf` wrote it

/**
 * An agent that works under a mandate: for the same person, and with no more rights than any agent has through whose hands the work came.
 * Undefined: no person stands behind it.
 */
export function delegatedTo(agent: Principal, mandate: string): Caller | undefined {
  const { principal, onBehalfOf, through = [], tainted } = callerOfMandate(mandate);
  const person = onBehalfOf ?? principal;
  if (person.kind !== 'user' && person.kind !== 'operator') return undefined;
  const hands = onBehalfOf ? [...through, principal] : through;
  const others = hands.filter(({ id }, at) => id !== agent.id && hands.findIndex((one) => one.id === id) === at);
  return { principal: agent, onBehalfOf: person, ...(others.length > 0 ? { through: others } : {}), tainted };
}

const nameless = (principal: Principal): Principal => ({ ...principal, name: '' });

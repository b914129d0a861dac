// The second layer of rights: policies in code and rules as data. Any deny wins, approvals add up, an error is a deny.
import type { Need } from '../define/governor.ts';
import type { Decision, Policy, PolicyQuestion } from '../define/policy.ts';
import { coreErrors } from '../errors.ts';
import type { Authority } from './authorize.ts';

/** What the rules say of the call for each of those who make it. Errors: core.denied. */
export function needsByRules({ rules, parties }: Authority, question: PolicyQuestion): Need[] {
  const decided = parties.map((party) => rules.decide(party, question));
  const denied = decided.find(({ decision }) => decision === 'deny');
  if (denied) throw coreErrors.denied({ rule: denied.rule });
  return decided.flatMap(({ decision, rule }) =>
    decision === 'approve' ? [{ tier: 2, reason: `the rule ${rule}` } as const] : [],
  );
}

/** Whose yes the call needs before it may be done; nobody's: none. Errors: core.denied. */
export function needsOf(policies: readonly Policy[], question: PolicyQuestion): Need[] {
  const decided = decisionsOf(policies, question);
  const denied = decided.find(({ decision }) => decision === 'deny');
  if (denied) throw coreErrors.denied({ policy: denied.policy.name });
  // whoever has read text from outside does nothing of consequence without a person's yes
  const tainted = question.tainted && question.action.consequential;
  const asked = decided.filter(({ decision }) => decision !== 'allow');
  return [
    // the person for whom it is done has asked for it; where there is none, another one decides
    ...(tainted ? [{ tier: question.onBehalfOf ? 1 : 2, reason: 'untrusted text was read in this run' } as const] : []),
    ...asked.map(
      ({ policy, decision }) => ({ tier: decision === 'approve' ? 2 : 3, reason: `the policy ${policy.name}` }) as const,
    ),
  ];
}

/** What each policy on the action says; one that fails denies. */
export function decisionsOf(policies: readonly Policy[], question: PolicyQuestion): { policy: Policy; decision: Decision }[] {
  return policies
    .filter(({ on }) => on.includes('*') || on.includes(question.action.name))
    .map((policy) => ({ policy, decision: decide(policy, question) }));
}

function decide(policy: Policy, question: PolicyQuestion): Decision {
  try {
    return policy.decide(question);
  } catch {
    return 'deny'; // a rule that fails must not open what it guards
  }
}

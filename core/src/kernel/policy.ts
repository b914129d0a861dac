// The second layer of rights: rules in code. Any deny wins, approvals add up, an error is a deny.
import type { Decision, Policy, PolicyQuestion } from '../define/policy.ts';
import { coreErrors } from '../errors.ts';

/** Errors: core.denied, core.approval_unavailable. */
export function assertAllowed(policies: readonly Policy[], question: PolicyQuestion): void {
  const decided = policies
    .filter(({ on }) => on.includes('*') || on.includes(question.action.name))
    .map((policy) => ({ policy, decision: decide(policy, question) }));
  const denied = decided.find(({ decision }) => decision === 'deny');
  if (denied) throw coreErrors.denied({ policy: denied.policy.name });
  // whoever has read text from outside does nothing of consequence without a person's yes
  if (question.tainted && question.action.consequential)
    throw coreErrors.approval_unavailable({ reason: 'untrusted text was read in this run' });
  const approval = decided.find(({ decision }) => decision === 'approve');
  if (approval) throw coreErrors.approval_unavailable({ policy: approval.policy.name });
}

function decide(policy: Policy, question: PolicyQuestion): Decision {
  try {
    return policy.decide(question);
  } catch {
    return 'deny'; // a rule that fails must not open what it guards
  }
}

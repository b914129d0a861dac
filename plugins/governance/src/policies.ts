import { definePolicy } from '@troupe-os/core';

/** Whoever audits the house is not picked by one person alone; only the operator of the machine may begin with one. */
export const auditorsByTwo = definePolicy({
  name: 'governance.auditors-by-two',
  on: ['identity.grant-role'],
  decide: ({ actor, input }) =>
    actor.kind !== 'operator' && (input as { role?: unknown }).role === 'auditor' ? 'approve by two' : 'allow',
});

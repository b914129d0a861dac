// With what rights a run goes on in another process: with no others than it began with.
import { type Caller, callerOfMandate } from '@troupe-os/core/surface';
import type { ClaimedRun } from './record.ts';

/** Whoever has taken a run over acts with these rights. */
export function callerOf({ caller, personName }: ClaimedRun, agentName: string): Caller {
  const kept = callerOfMandate(caller);
  const { principal, onBehalfOf } = kept;
  return {
    ...kept,
    principal: { ...principal, name: agentName },
    ...(onBehalfOf ? { onBehalfOf: { ...onBehalfOf, name: personName } } : {}),
  };
}

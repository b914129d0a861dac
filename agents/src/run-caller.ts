// With what rights a run goes on in another process: with no others than it began with.
import type { Caller } from '@troupe-os/core/surface';
import type { ClaimedRun } from './record.ts';

/** No names, which are looked up, and no address; secrets are in no caller. */
export function keptCaller({ principal, onBehalfOf, tainted }: Caller): Caller {
  const nameless = { name: '' };
  return {
    principal: { ...principal, ...nameless },
    ...(onBehalfOf ? { onBehalfOf: { ...onBehalfOf, ...nameless } } : {}),
    tainted,
  };
}

/** Whoever has taken a run over acts with these rights. */
export function callerOf({ caller, personName }: ClaimedRun, agentName: string): Caller {
  const kept = JSON.parse(caller) as Caller; // it was written above
  const { principal, onBehalfOf } = kept;
  return {
    ...kept,
    principal: { ...principal, name: agentName },
    ...(onBehalfOf ? { onBehalfOf: { ...onBehalfOf, name: personName } } : {}),
  };
}

import { type Context, coreErrors } from '@troupe-os/core';

/** Switches, tiers, limits, rules and the record know no brands: who holds the right on one brand alone does not hold it. Errors: core.unknown_action. */
export function assertCompanyWide({ actor }: Context, permission: string): void {
  if (actor.rights.get(permission) !== 'company') throw coreErrors.unknown_action();
}

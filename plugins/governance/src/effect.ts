// Money that a call moves.
import type { MeasuredEffect } from '@troupe-os/core';

export interface Turnover {
  readonly unit: string;
  /** Minor units: what was debited, which is what was credited. */
  readonly amount: bigint;
}

/** How much a call moves, by unit. */
export function turnoverOf({ sums }: MeasuredEffect): Turnover[] {
  const byUnit = new Map<string, bigint>();
  for (const { unit, amount } of sums) {
    const debit = BigInt(amount);
    if (debit > 0n) byUnit.set(unit, (byUnit.get(unit) ?? 0n) + debit);
  }
  return [...byUnit].map(([unit, amount]) => ({ unit, amount }));
}

// Nobody makes themselves another person: for whom somebody's yes, or word on access, is not that of another.
import type { Context } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';

const DAY_MS = 24 * 3_600_000;

export interface Ties {
  /** The caller, and whoever works by tokens that they made, or by tokens of these. */
  readonly own: ReadonlySet<string>;
  /** The same of everybody who stands behind a role that the caller was given within a day. */
  readonly appointers: ReadonlySet<string>;
}

export async function tiesOf(ctx: Context): Promise<Ties> {
  const { held } = ctx.use(identityPort);
  return { own: new Set(await held([ctx.actor.id])), appointers: new Set(await held(await appointersToday(ctx))) };
}

/** Who gave the caller a role within a day, who gave these theirs, and who made the tokens by which they work. */
export const appointersToday = (ctx: Context): Promise<string[]> =>
  ctx.use(identityPort).appointers(ctx.actor.id, new Date(+ctx.now - DAY_MS));

/** Whether the caller is another person than all of these. */
export const isAnotherThan = ({ own, appointers }: Ties, actorIds: readonly string[]): boolean =>
  !actorIds.some((id) => own.has(id) || appointers.has(id));

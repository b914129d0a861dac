import { defineAction } from '@troupe-os/core';
import { identityPort } from '@troupe-os/plugin-identity/contract';
import { z } from 'zod';
import { governanceErrors } from '../errors.ts';
import { raise } from '../incidents.ts';
import { switchShape } from '../rules.ts';
import { SWITCH_KINDS, switches } from '../schema.ts';

export const switchOff = defineAction({
  name: 'governance.switch-off',
  title: 'Switch off',
  description:
    'Stops an actor, a plugin or an action until it is switched on again. Calls are refused from then on; a write in progress runs on and is then rolled back, a read that has begun still answers.',
  effect: 'write',
  consequential: false,
  risk: 'high',
  permission: 'governance.switch.set',
  input: z.strictObject({
    kind: z.enum(SWITCH_KINDS),
    target: z.string().min(1).max(200).describe('The id of the actor or plugin, or the name of the action.'),
    reason: z.string().trim().min(1).max(500),
  }),
  output: switchShape,
  async handler(ctx, { kind, target, reason }) {
    if (isNeededToSwitch(kind, target)) throw governanceErrors.cannot_switch_off({ kind, target });
    const values = { kind, target, reason, setBy: ctx.actor.id, setAt: ctx.now };
    await ctx.db.insert(switches).values(values);
    if (kind === 'actor') await ctx.use(identityPort).endInvitations(target); // whom it invited would come in its stead
    const summary = `${ctx.actor.id} switched the ${kind} ${target} off: ${reason}`;
    await raise(ctx, { rule: 'kill-switch', subject: `${kind}:${target}`, summary, callId: ctx.callId });
    return values;
  },
});

/** The table refuses these too. */
function isNeededToSwitch(kind: (typeof SWITCH_KINDS)[number], target: string): boolean {
  if (kind === 'plugin') return target === 'governance' || target === 'identity';
  if (kind === 'action') return target.startsWith('governance.') || target.startsWith('identity.');
  return target === 'local-operator';
}

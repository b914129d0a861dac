// What people have set: switches, tiers, limits.
import { amount, moment } from '@troupe-os/core';
import { z } from 'zod';
import { type CedarRule, type LimitRow, RULE_OUTCOMES, SWITCH_KINDS } from './schema.ts';

export const ruleName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,59}$/)
  .describe('Lower-case letters, digits and hyphens.');

export const ruleShape = z.strictObject({
  name: ruleName,
  target: z.string().describe('The permission or action that it is about.'),
  outcome: z.enum(RULE_OUTCOMES),
  policy: z.string().describe('Cedar.'),
  note: z.string(),
  setBy: z.string(),
  setAt: moment,
});

export const exampleShape = ruleShape.omit({ setBy: true, setAt: true });

export function showRule({ schema: _, ...rule }: CedarRule): z.output<typeof ruleShape> {
  return rule;
}

/** As the ledger names units. */
export const unitCode = z
  .string()
  .regex(/^[A-Z][A-Z0-9-]{1,15}$/)
  .describe('The code of a unit, like EUR.');
export const tierNumber = z.literal([1, 2, 3]);

export const switchShape = z.strictObject({
  kind: z.enum(SWITCH_KINDS),
  target: z.string(),
  reason: z.string(),
  setBy: z.string(),
  setAt: moment,
});

export const tierShape = z.strictObject({
  unit: unitCode,
  tier: tierNumber,
  fromAmount: amount.describe('Minor units that a call moves: from here on it needs this yes.'),
  setBy: z.string(),
  setAt: moment,
});

export const limitShape = z.strictObject({
  limitId: z.uuid(),
  actor: z.string().optional().describe('Whom it binds; each agent, where nobody is named.'),
  action: z.string().optional(),
  counterparty: z.string().optional(),
  unit: unitCode,
  amount: amount.describe('Minor units that may be moved in one window.'),
  windowSeconds: z.int(),
  setBy: z.string(),
  setAt: moment,
});

export function showLimit({ id, actor, action, counterparty, ...limit }: LimitRow): z.output<typeof limitShape> {
  return {
    limitId: id,
    ...limit,
    ...(actor !== null && { actor }),
    ...(action !== null && { action }),
    ...(counterparty !== null && { counterparty }),
  };
}

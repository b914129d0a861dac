// What a rule, or its end, changes for whom.
import { type Catalogue, type Context, type Grant, ROLES } from '@troupe-os/core';
import { type Holder, identityPort } from '@troupe-os/plugin-identity/contract';
import { z } from 'zod';
import { loadCedar, type SchemaJson } from './engine.ts';
import { ALLOWED, isPermission, type RuleText, requestOf, rulesOf } from './rules.ts';

type Says = 'yes' | 'asks' | 'no' | 'depends';

const MOST_SHOWN = 200;

export const impactShape = z.array(
  z.strictObject({
    actorId: z.string(),
    name: z.string(),
    before: z.enum(['yes', 'asks', 'no', 'depends']),
    after: z.enum(['yes', 'asks', 'no', 'depends']).describe('depends: on what is asked for'),
  }),
);

/** Of whoever holds the permission by a role, those for whom something changes; 200 at most. */
export async function impactOf(ctx: Context, target: string, before: readonly RuleText[], after: readonly RuleText[]) {
  const permission = isPermission(target) ? target : ctx.catalogue.action(target)?.permission;
  const holders = (await ctx.use(identityPort).holders()).filter(
    ({ roles }) => permission !== undefined && roles.some((grant) => gives(ctx.catalogue, grant, permission)),
  );
  const [then, now] = [await sayer(target, before), await sayer(target, after)];
  return holders
    .map((holder) => ({ actorId: holder.id, name: holder.name, before: then(holder), after: now(holder) }))
    .filter((one) => one.before !== one.after)
    .slice(0, MOST_SHOWN);
}

function gives(
  { permissions }: Catalogue,
  { role, brandId, departmentId, permissions: own }: Grant,
  permission: string,
): boolean {
  const declared = permissions.get(permission);
  if (departmentId !== undefined || (brandId !== undefined && declared?.company)) return false;
  if (own) return own.includes(permission);
  if (role === 'auditor') return declared?.auditor === true;
  const order: readonly string[] = ROLES;
  return declared?.roles.some((lowest) => order.includes(role) && order.indexOf(role) <= order.indexOf(lowest)) ?? false;
}

async function sayer(target: string, rules: readonly RuleText[]): Promise<(holder: Holder) => Says> {
  if (rules.length === 0) return () => 'yes';
  if (isPermission(target)) {
    const asked = await rulesOf(rules);
    return (holder) => (asked.takes(target, holder) === undefined ? 'yes' : 'no');
  }
  const cedar = await loadCedar();
  const schema = JSON.parse(rules[0]?.schema ?? '{}') as SchemaJson<string>;
  const policies = Object.fromEntries(rules.map(({ name, policy }) => [name, policy]));
  return (holder) => {
    const { principal, action, entities } = requestOf(target, holder, undefined, schema);
    const unknown = (name: string) => ({ __extn: { fn: 'unknown', arg: name } });
    const answer = cedar.isAuthorizedPartial({
      principal,
      action,
      resource: null,
      context: { input: unknown('input'), tainted: unknown('tainted') },
      policies: { staticPolicies: { ...ALLOWED, ...policies } },
      entities: entities.slice(0, 1),
    });
    if (answer.type !== 'residuals' || answer.response.errored.length > 0) return 'no';
    const { decision, satisfied } = answer.response;
    if (decision === 'allow') return 'yes';
    if (decision === null) return 'depends';
    return satisfied.every((name) => name === 'allowed' || rules.find((rule) => rule.name === name)?.outcome === 'ask')
      ? 'asks'
      : 'no';
  };
}

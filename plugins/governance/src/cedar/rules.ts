// Rules as data, asked. One set of Cedar for each permission or action, so that what one costs does not grow with the others.
import type { Db, Party, Rules } from '@troupe-os/core';
import { ROLES } from '@troupe-os/core';
import { type CedarRule, cedarRules } from '../schema.ts';
import { type Cedar, type EntityJson, loadCedar, type PolicySet, type SchemaJson, type Type } from './engine.ts';
import { valueFor } from './schema.ts';

export type RuleText = Pick<CedarRule, 'name' | 'target' | 'outcome' | 'policy' | 'schema'>;

interface Call {
  readonly input?: unknown;
  readonly record?: Readonly<Record<string, unknown>> | undefined;
  readonly tainted: boolean;
}

/** What the rules of one permission or action say. */
export interface RuleSet {
  readonly target: string;
  decide(party: Party, call?: Call): { readonly decision: 'allow' | 'approve' | 'deny'; readonly rule?: string };
}

/** Roles allow; rules take away. Without this Cedar denies by itself. */
export const ALLOWED = { allowed: 'permit (principal, action, resource);' };

export async function readRules(db: Db): Promise<Rules> {
  return rulesOf(await db.select().from(cedarRules));
}

export async function rulesOf(rules: readonly RuleText[]): Promise<Rules> {
  const sets = new Map<string, RuleSet[]>();
  if (rules.length > 0) {
    const cedar = await loadCedar();
    // each rule is asked with what it was checked against: an older schema must not hide from a newer rule what it looks at
    const kindOf = (rule: RuleText) => `${rule.target} ${looksAt(cedar, rule)} ${rule.schema}`;
    for (const [, together] of Map.groupBy(rules, kindOf)) {
      const [first] = together as [RuleText];
      const set = ruleSet(cedar, first.target, together);
      const asked = looksAt(cedar, first) === 'call' ? set : decidedOnce(set);
      sets.set(first.target, [...(sets.get(first.target) ?? []), asked]);
    }
  }
  const decide = (target: string, party: Party, call?: Call) => {
    const said = (sets.get(target) ?? []).map((set) => set.decide(party, call));
    return said.find(({ decision }) => decision === 'deny') ?? said.find(({ decision }) => decision === 'approve') ?? ALLOW;
  };
  return {
    permissions: new Set([...sets.keys()].filter(isPermission)),
    takes(permission, party) {
      const { decision, rule } = decide(permission, party);
      return decision === 'allow' ? undefined : rule;
    },
    decide: (party, question) => decide(question.action.name, party, question),
  };
}

const ALLOW: ReturnType<RuleSet['decide']> = { decision: 'allow' };

/** `plugin.noun.verb`; an action is `plugin.verb-noun`. */
export const isPermission = (target: string): boolean => target.split('.').length === 3;

/** `caller`: at who calls, and whether text from outside led there. `call`: it may say other things of other calls of theirs. */
function looksAt(cedar: Cedar, rule: RuleText): 'caller' | 'call' {
  const conditions = conditionsOf(cedar, rule);
  // the record is had by its name too: Subject::"till.pay".status
  return conditions === undefined || /"Var":"(?:context|resource)"|"__entity"/.test(conditions) ? 'call' : 'caller';
}

/** What a rule asks, as JSON, but for whether text from outside was read; undefined: it cannot be read. */
function conditionsOf(cedar: Cedar, { policy }: RuleText): string | undefined {
  const parsed = cedar.policyToJson(policy);
  if (parsed.type !== 'success') return undefined;
  return JSON.stringify(parsed.json.conditions).replaceAll('{"left":{"Var":"context"},"attr":"tainted"}', '""');
}

/** Asks no more about a party that it allows, for as long as it is known by the same object: until rights or rules change. */
function decidedOnce(set: RuleSet): RuleSet {
  const [clean, tainted] = [new WeakSet<Party>(), new WeakSet<Party>()];
  return {
    target: set.target,
    decide(party, call) {
      const allowed = call?.tainted ? tainted : clean;
      if (allowed.has(party)) return ALLOW;
      const said = set.decide(party, call);
      if (said.decision === 'allow') allowed.add(party);
      return said;
    },
  };
}

function ruleSet(cedar: Cedar, target: string, rules: readonly RuleText[]): RuleSet {
  const policies: PolicySet = {
    staticPolicies: { ...ALLOWED, ...Object.fromEntries(rules.map(({ name, policy }) => [name, policy])) },
  };
  const id = `${target} ${JSON.stringify(policies)}`; // the same text is the same set, whenever it was prepared
  const prepared = cedar.preparsePolicySet(id, policies);
  const schema = schemaOf(cedar, rules);
  const outcomes = new Map(rules.map(({ name, outcome }) => [name, outcome]));
  return {
    target,
    decide(party, call) {
      const broken = { decision: 'deny', rule: rules[0]?.name ?? '' } as const;
      if (prepared.type !== 'success') return broken;
      try {
        const answer = cedar.statefulIsAuthorized({ ...requestOf(target, party, call, schema), preparsedPolicySetId: id });
        if (answer.type !== 'success') return broken;
        const { decision, diagnostics } = answer.response;
        const [failed] = diagnostics.errors;
        if (failed) return { decision: 'deny', rule: failed.policyId }; // Cedar itself would skip a rule that fails
        if (decision === 'allow') return { decision: 'allow' };
        const refusing = diagnostics.reason.find((name) => outcomes.get(name) !== 'ask');
        return refusing === undefined
          ? { decision: 'approve', rule: diagnostics.reason[0] ?? '' }
          : { decision: 'deny', rule: refusing };
      } catch {
        return broken;
      }
    },
  };
}

/** What the rules were checked against, without the input where none looks at it: Cedar reads all that it is handed. */
function schemaOf(cedar: Cedar, rules: readonly RuleText[]): SchemaJson<string> {
  const schema = JSON.parse(rules[0]?.schema ?? '{}') as SchemaJson<string>;
  if (rules.some((rule) => conditionsOf(cedar, rule)?.includes('"Var":"context"') ?? true)) return schema;
  for (const { appliesTo } of Object.values(schema['']?.actions ?? {})) {
    const context = appliesTo?.context as { attributes?: Record<string, unknown> } | undefined;
    delete context?.attributes?.input;
  }
  return schema;
}

/** One question as Cedar is asked it. */
export function requestOf(target: string, party: Party, call: Call | undefined, schema: SchemaJson<string>) {
  const { entityTypes = {}, actions = {} } = schema[''] ?? {};
  const contextType = actions[target]?.appliesTo?.context as Type<string> | undefined;
  const subjectType = (entityTypes.Subject as { shape?: Type<string> } | undefined)?.shape;
  const principal = { type: 'Actor', id: party.id };
  const resource = { type: 'Subject', id: target };
  const attrs = (type: Type<string> | undefined, value: unknown) =>
    ((type && valueFor(type, value)) ?? {}) as EntityJson['attrs'];
  const entities: EntityJson[] = [
    { uid: principal, attrs: { kind: party.kind, roles: rolesOf(party) }, parents: [] },
    { uid: resource, attrs: attrs(subjectType, call?.record ?? {}), parents: [] },
  ];
  const context = attrs(contextType, call && { input: call.input, tainted: call.tainted });
  return { principal, action: { type: 'Action', id: target }, resource, context, entities };
}

/** Each role with those below it: `admin` on the company, `admin@finance` on a department, `admin@brand:vault` on a brand. */
function rolesOf({ roles }: Party): string[] {
  const order: readonly string[] = ROLES;
  const names = roles.flatMap(({ role, brandId, departmentId }) => {
    const place = departmentId !== undefined ? `@${departmentId}` : brandId !== undefined ? `@brand:${brandId}` : '';
    const below = order.includes(role) ? order.slice(order.indexOf(role)) : [role];
    return below.map((one) => `${one}${place}`);
  });
  return [...new Set(names)];
}

// A rule before it is kept: whether it can be asked, and what it would take from whom.
import type { Catalogue } from '@troupe-os/core';
import { governanceErrors } from '../errors.ts';
import { loadCedar, type SchemaJson } from './engine.ts';
import { schemaFor } from './schema.ts';

/** The schema that it holds to. Errors: governance.unknown_target, governance.bad_rule, whose details say where. */
export async function checkRule(catalogue: Catalogue, target: string, policy: string): Promise<SchemaJson<string>> {
  const schema = schemaFor(catalogue, target);
  if (!schema) throw governanceErrors.unknown_target({ target });
  const cedar = await loadCedar();
  const parts = cedar.policySetTextToParts(policy);
  if (parts.type === 'failure') throw governanceErrors.bad_rule({ problems: parts.errors.map(problemOf) });
  const [only, ...more] = parts.policies;
  if (only === undefined || more.length > 0 || parts.policy_templates.length > 0)
    throw governanceErrors.bad_rule({ problems: ['It takes one policy: forbid (principal, action, resource) when { … };'] });
  const parsed = cedar.policyToJson(only);
  if (parsed.type === 'success' && parsed.json.effect !== 'forbid')
    throw governanceErrors.bad_rule({ problems: ['Roles permit; a rule forbids.'] });
  const answer = cedar.validate({ schema, policies: { staticPolicies: { rule: policy } } });
  const problems = answer.type === 'failure' ? answer.errors : answer.validationErrors.map(({ error }) => error);
  if (problems.length > 0) throw governanceErrors.bad_rule({ problems: problems.map(problemOf) });
  return schema;
}

function problemOf({
  message,
  help,
  sourceLocations,
}: {
  message: string;
  help: string | null;
  sourceLocations?: { start: number }[];
}) {
  const at = sourceLocations?.[0] ? ` (at character ${sourceLocations[0].start})` : '';
  return `${message.replace('for policy `rule`, ', '')}${help ? `: ${help}` : ''}${at}`;
}

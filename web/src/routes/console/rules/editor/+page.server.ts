import { redirect } from '@sveltejs/kit';
import { ClientError } from '@troupe-os/core/client';
import { actionNames } from '#lib/server/actions.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { namesOf } from '#lib/server/names.ts';
import { notYet, refusal } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

const BLANK = {
  name: '',
  target: '',
  outcome: 'refuse',
  note: '',
  policy: 'forbid (principal, action, resource) when {\n  \n};',
} as const;

export const load: PageServerLoad = async ({ locals, url }) => {
  const me = await assertMayEnter(locals, 'rules');
  const { rules, examples } = await locals.api.governance.listRules({});
  const [name, example] = [url.searchParams.get('name'), url.searchParams.get('example')];
  const kept = rules.find((rule) => rule.name === name);
  const rule = kept ?? examples.find((one) => one.name === example) ?? BLANK;
  const target = url.searchParams.get('target') ?? rule.target;
  const [actions, schema, names] = await Promise.all([
    actionNames(locals),
    target ? schemaOf(locals, target) : undefined,
    namesOf(locals, [kept?.setBy]),
  ]);
  return {
    rule,
    kept,
    names,
    schema,
    targets: [...me.permissions.map((held) => held.name), ...actions].filter((one) => !one.startsWith('governance.')),
    maySet: holds(me, 'governance.rule.set'),
  };
};

/** What a rule can look at; nothing where there is no such target. */
async function schemaOf(locals: App.Locals, target: string): Promise<{ target: string; text: string } | undefined> {
  try {
    const { schema } = await locals.api.governance.getRuleSchema({ target });
    return { target, text: schema.replaceAll('__cedar::', '') };
  } catch (error) {
    if (error instanceof ClientError && error.code === 'governance.unknown_target') return undefined;
    throw error;
  }
}

export const actions: Actions = {
  try: async ({ request, locals }) => {
    const typed = ruleOf(await request.formData());
    const missing = missingOf(typed);
    if (missing) return notYet(missing, { typed });
    try {
      const { changes } = previewed(await locals.api.governance.setRule(typed, { dryRun: true }));
      const schema = await schemaOf(locals, typed.target);
      return { typed, schema, tried: { ...typed, changes } };
    } catch (error) {
      return saidBy(error, { typed });
    }
  },
  save: async ({ request, locals }) => {
    const typed = ruleOf(await request.formData());
    const missing = missingOf(typed);
    if (missing) return notYet(missing, { typed });
    try {
      await locals.api.governance.setRule(typed, { key: crypto.randomUUID() });
    } catch (error) {
      return saidBy(error, { typed });
    }
    redirect(303, '/console/rules#rules');
  },
  tryRemoval: async ({ request, locals }) => {
    const name = textOf(await request.formData(), 'name') ?? '';
    try {
      const { changes } = previewed(await locals.api.governance.removeRule({ name }, { dryRun: true }));
      return { removal: { name, changes } };
    } catch (error) {
      return refusal(error, {});
    }
  },
  remove: async ({ request, locals }) => {
    const name = textOf(await request.formData(), 'name') ?? '';
    try {
      await locals.api.governance.removeRule({ name }, { key: crypto.randomUUID() });
    } catch (error) {
      return refusal(error, {});
    }
    redirect(303, '/console/rules#rules');
  },
};

function ruleOf(form: FormData) {
  const text = (name: string) => textOf(form, name) ?? '';
  const outcome = form.get('outcome') === 'ask' ? ('ask' as const) : ('refuse' as const);
  return {
    name: text('name'),
    target: text('target'),
    outcome,
    policy: text('policy').replaceAll('\r\n', '\n'),
    note: text('note'),
  };
}

function missingOf({ name, target, policy }: ReturnType<typeof ruleOf>): string | undefined {
  if (!/^[a-z][a-z0-9-]{1,59}$/.test(name)) return 'Give the rule a name of lower-case letters, digits and hyphens.';
  if (target.length < 3) return 'Say which permission or action it is about.';
  return policy ? undefined : 'Write the rule.';
}

/** A dry run answers its output beside what it would have changed; the type of the client knows only the output. */
const previewed = <Output>(answer: Output): Output => (answer as { output: Output }).output;

/** What is wrong with a rule stands in the details of the refusal. */
function saidBy<Kept extends object>(error: unknown, kept: Kept) {
  const problems = error instanceof ClientError ? (error.details as { problems?: unknown } | undefined)?.problems : undefined;
  return refusal(error, { ...kept, problems: Array.isArray(problems) ? problems.map(String) : [] });
}

import { readMoney } from '#lib/money.ts';
import { actionNames } from '#lib/server/actions.ts';
import { done } from '#lib/server/done.ts';
import { textOf } from '#lib/server/form-text.ts';
import { assertMayEnter, holds } from '#lib/server/me.ts';
import { actorsOf, namesFrom } from '#lib/server/names.ts';
import { notYet } from '#lib/server/refusal.ts';
import type { Actions, PageServerLoad } from './$types';

const KINDS = ['actor', 'plugin', 'action'] as const;
const TIERS = { 1: 'the first tier', 2: 'the second tier', 3: 'the third tier' } as const;

export const load: PageServerLoad = async ({ locals }) => {
  const me = await assertMayEnter(locals, 'rules');
  const [rules, actors, actions] = await Promise.all([
    locals.api.governance.listRules({}),
    actorsOf(locals),
    actionNames(locals),
  ]);
  return {
    rules,
    names: { ...namesFrom(actors), [me.id]: `${me.name} (you)` },
    actors: actors.filter(({ isActive }) => isActive).map(({ id, name, kind }) => ({ id, label: `${name}, ${kind}` })),
    actions,
    plugins: [...new Set(actions.map((name) => name.split('.')[0] ?? ''))],
    maySwitch: holds(me, 'governance.switch.set'),
    maySet: holds(me, 'governance.rule.set'),
  };
};

/** Each answer says which form it is of, so that it is shown there. */
export const actions: Actions = {
  off: async ({ request, locals }) => {
    const form = await request.formData();
    const kept = { form: 'off', kind: textOf(form, 'kind'), target: textOf(form, 'target'), reason: textOf(form, 'reason') };
    const kind = KINDS.find((one) => one === kept.kind);
    const { target, reason } = kept;
    if (!kind || !target || !reason) return notYet('Say what is to be switched off, and why.', kept);
    return done(
      `Switched off: ${kind} ${target}. An incident of it is open.`,
      () => locals.api.governance.switchOff({ kind, target, reason }),
      kept,
    );
  },
  on: async ({ request, locals }) => {
    const form = await request.formData();
    const [kind, target] = [KINDS.find((one) => one === form.get('kind')) ?? 'action', textOf(form, 'target') ?? ''];
    return done(`Switched on again: ${kind} ${target}.`, () =>
      locals.api.governance.switchOn({ kind, target }, { key: crypto.randomUUID() }),
    );
  },
  setTier: async ({ request, locals }) => {
    const form = await request.formData();
    const kept = {
      form: 'tier',
      unit: textOf(form, 'unit')?.toUpperCase(),
      tier: textOf(form, 'tier'),
      sum: textOf(form, 'sum'),
    };
    const { unit = '' } = kept;
    const [tier, fromAmount] = [tierOf(kept.tier), readMoney(kept.sum ?? '', unit)];
    if (!tier || fromAmount === undefined) return notYet('A tier begins at a sum like 100 or 99.50.', kept);
    return done(`Set: ${TIERS[tier]} in ${unit}.`, () => locals.api.governance.setTier({ unit, tier, fromAmount }), kept);
  },
  removeTier: async ({ request, locals }) => {
    const form = await request.formData();
    const [unit, tier] = [textOf(form, 'unit') ?? '', tierOf(textOf(form, 'tier')) ?? 1];
    return done(`Removed: ${TIERS[tier]} in ${unit}.`, () => locals.api.governance.removeTier({ unit, tier }));
  },
  setLimit: async ({ request, locals }) => {
    const form = await request.formData();
    const field = (name: string) => textOf(form, name);
    const asked = { actor: field('actor'), action: field('action'), counterparty: field('counterparty') };
    const kept = { form: 'limit', ...asked, unit: field('unit')?.toUpperCase(), sum: field('sum'), window: field('window') };
    const { unit = '' } = kept;
    const amount = readMoney(kept.sum ?? '', unit);
    if (amount === undefined) return notYet('A limit is a sum like 500 or 99.50.', kept);
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    const limit = { ...given, unit, amount, windowSeconds: Number(kept.window ?? 86_400) };
    return done('The limit holds from the next call on.', () => locals.api.governance.setLimit(limit), kept);
  },
  removeLimit: async ({ request, locals }) => {
    const limitId = textOf(await request.formData(), 'limit') ?? '';
    return done('The limit is removed, with what was used of it.', () => locals.api.governance.removeLimit({ limitId }));
  },
};

const tierOf = (text: string | undefined) => ([1, 2, 3] as const).find((one) => String(one) === text);

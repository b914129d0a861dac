import { expect, test } from 'vitest';
import { ASKED_FOR_TWICE, pay, price } from '../testing/till/plugin.ts';
import { startTreasury } from '../testing/treasury.ts';
import { explainAccess } from './actions/explain-access.ts';
import { getCall } from './actions/get-call.ts';
import { getRuleSchema } from './actions/get-rule-schema.ts';
import { listRules } from './actions/list-rules.ts';
import { removeRule } from './actions/remove-rule.ts';
import { setRule } from './actions/set-rule.ts';
import { EXAMPLES } from './cedar/examples.ts';
import { rulesOf } from './cedar/rules.ts';
import { schemaFor } from './cedar/schema.ts';

const FINANCE_ONLY = EXAMPLES[0];
const t = await startTreasury();
const { note: _, ...financeOnly } = FINANCE_ONLY;

const chief = t.as({ id: 'cleo', roles: ['admin'] });
const finance = t.as({ id: 'fay', roles: ['admin', { role: 'admin', departmentId: 'finance' }] });
const press = t.as({ id: 'pat', roles: ['admin', { role: 'admin', departmentId: 'press' }] });
const agentOf = (onBehalfOf: 'cleo' | 'fay') => {
  const roles = ['admin', { role: 'admin', departmentId: 'finance' }] as const;
  return t.as({
    id: 'robot',
    kind: 'agent',
    roles,
    onBehalfOf: { id: onBehalfOf, roles: onBehalfOf === 'fay' ? roles : ['admin'] },
  });
};
const seesBooks = (caller: typeof chief) =>
  t.call(caller, 'ledger.list-accounts', {}).then(
    () => true,
    (error: { code: string }) => error.code,
  );

test('only Owners and whoever is Admin of finance see the ledger, by whichever way; everybody again when the rule is gone', async () => {
  expect(await seesBooks(chief)).toBe(true);
  await t.run(t.owner, setRule, financeOnly);
  const everybody = [t.owner, finance, chief, press, agentOf('fay'), agentOf('cleo')];
  expect(await Promise.all(everybody.map(seesBooks))).toEqual([
    true,
    true,
    'core.unknown_action',
    'core.unknown_action',
    true,
    'core.unknown_action',
  ]);
  // what is closed stands in no list and in no preview
  const seen = async (caller: typeof chief) => (await t.kernel.actionsFor(caller)).map(({ action }) => action.name);
  expect(await seen(chief)).not.toContain('ledger.list-accounts');
  expect(await seen(finance)).toContain('ledger.list-accounts');
  price.cents = 5_00n;
  const shown = async (caller: typeof chief) =>
    (await t.call(caller, 'till.pay', { to: 'x' }, { dryRun: true })).changes?.map(({ table }) => table);
  expect(await shown(finance)).toContain('ledger.postings');
  expect(await shown(chief)).toEqual([]);

  await t.run(t.owner, removeRule, { name: financeOnly.name });
  expect(await seesBooks(chief)).toBe(true);
});

test('a rule looks at the input, refuses or lets wait, and names itself', async () => {
  price.cents = 5_00n;
  const policy = 'forbid (principal, action, resource) when { context.input.to == "Nobody" };';
  await t.run(t.owner, setRule, { name: 'nobody-is-paid', target: 'till.pay', policy });
  await expect(t.run(t.bob, pay, { to: 'Nobody' })).rejects.toMatchObject({
    code: 'core.denied',
    details: { rule: 'nobody-is-paid' },
  });
  await t.run(t.bob, pay, { to: 'Somebody' });

  await t.run(t.owner, setRule, { name: 'nobody-is-paid', target: 'till.pay', policy, outcome: 'ask' });
  await expect(t.run(t.bob, pay, { to: 'Nobody' })).rejects.toMatchObject({ code: 'core.approval_needed' });
  await t.run(t.owner, removeRule, { name: 'nobody-is-paid' });
});

test('what was said of a caller is kept for rules about callers alone, until a rule changes', async () => {
  price.cents = 5_00n;
  const about = (name: string, when: string) => ({
    name,
    target: 'till.pay',
    policy: `forbid (principal, action, resource) when { ${when} };`,
  });
  await t.run(t.owner, setRule, about('no-guests', 'principal.kind == "guest"'));
  await t.run(t.owner, setRule, about('not-to-nobody', 'context.input.to == "Nobody"'));
  for (let time = 0; time < 2; time++) {
    await t.run(t.bob, pay, { to: 'Somebody' });
    await expect(t.run(t.bob, pay, { to: 'Nobody' })).rejects.toMatchObject({ details: { rule: 'not-to-nobody' } });
  }
  await t.run(t.owner, setRule, about('no-guests', 'principal.kind == "user"'));
  await expect(t.run(t.bob, pay, { to: 'Somebody' })).rejects.toMatchObject({ details: { rule: 'no-guests' } });
  for (const name of ['no-guests', 'not-to-nobody']) await t.run(t.owner, removeRule, { name });
  await t.run(t.bob, pay, { to: 'Nobody' });
});

test('a rule that looks at the record by its name is asked with the record each time', async () => {
  const schema = JSON.stringify({
    '': {
      entityTypes: {
        Actor: { shape: { type: 'Record', attributes: { kind: { type: 'String' } } } },
        Subject: { shape: { type: 'Record', attributes: { status: { type: 'String', required: false } } } },
      },
      actions: { 'till.pay': { appliesTo: { principalTypes: ['Actor'], resourceTypes: ['Subject'] } } },
    },
  });
  const policy =
    'forbid (principal, action, resource) when { Subject::"till.pay" has status && Subject::"till.pay".status == "closed" };';
  const rules = await rulesOf([{ name: 'not-when-closed', target: 'till.pay', outcome: 'refuse', policy, schema }]);
  const party = { id: 'bob', kind: 'user', roles: [] } as const;
  const decide = (record: Record<string, unknown>) =>
    rules.decide(party, { action: { name: 'till.pay' }, record, tainted: false } as never).decision;
  expect([decide({}), decide({ status: 'closed' }), decide({ status: 'open' })]).toEqual(['allow', 'deny', 'allow']);
});

test('a rule that fails when it is asked denies', async () => {
  const overflow = 'forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };';
  await t.run(t.owner, setRule, { name: 'too-much', target: 'till.pay', policy: overflow });
  await expect(t.run(t.bob, pay, { to: 'x' })).rejects.toMatchObject({ code: 'core.denied', details: { rule: 'too-much' } });
  await t.run(t.owner, removeRule, { name: 'too-much' });
});

test.each([
  ['no policy', 'forbid (principal', 'governance.bad_rule'],
  ['two of them', 'forbid (principal, action, resource); forbid (principal, action, resource);', 'governance.bad_rule'],
  ['a permit', 'permit (principal, action, resource);', 'governance.bad_rule'],
  [
    'an attribute that is not there',
    'forbid (principal, action, resource) when { principal.salary > 3 };',
    'governance.bad_rule',
  ],
  [
    'an input that is not there',
    'forbid (principal, action, resource) when { context.input.tip == "x" };',
    'governance.bad_rule',
  ],
])('%s is not kept', async (_name, policy, code) => {
  await expect(t.run(t.owner, setRule, { name: 'bad', target: 'till.pay', policy })).rejects.toMatchObject({ code });
});

test('what is not installed, and what rules are set with, takes no rule', async () => {
  const set = (target: string, outcome: 'refuse' | 'ask' = 'refuse') =>
    t.run(t.owner, setRule, { name: 'bad', target, outcome, policy: 'forbid (principal, action, resource);' });
  await expect(set('till.pray')).rejects.toMatchObject({ code: 'governance.unknown_target' });
  await expect(set('governance.rule.set')).rejects.toMatchObject({ code: 'governance.cannot_rule' });
  await expect(set('ledger.entry.read', 'ask')).rejects.toMatchObject({ code: 'governance.bad_rule' });
  await expect(t.run(chief, setRule, financeOnly)).rejects.toMatchObject({ code: 'core.unknown_action' });
});

test('a rule is asked with the schema that it was checked against, whatever the others were', async () => {
  const schema = (names: string[]) => {
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const action = () => ({ name: 'till.pay', input: { type: 'object', properties } });
    return JSON.stringify(schemaFor({ plugins: new Set(), permissions: new Map(), action } as never, 'till.pay'));
  };
  const rule = (name: string, when: string, names: string[]) =>
    ({
      name,
      target: 'till.pay',
      outcome: 'refuse',
      policy: `forbid (principal, action, resource) when { ${when} };`,
      schema: schema(names),
    }) as const;
  const old = rule('old', 'context.input has to && context.input.to == "x"', ['to']);
  const young = rule('young', 'context.input has via && context.input.via == "crypto"', ['to', 'via']);
  for (const rules of [
    [old, young],
    [young, old],
  ]) {
    const asked = (await rulesOf(rules)).decide({ id: 'ann', kind: 'user', roles: [] }, {
      action: { name: 'till.pay' },
      input: { to: 'y', via: 'crypto' },
      tainted: false,
    } as never);
    expect(asked).toEqual({ decision: 'deny', rule: 'young' });
  }
});

test('what a rule hides is not shown by the record either', async () => {
  price.cents = 5_00n;
  const { callId } = await t.call(t.bob, 'till.pay', { to: 'quietly' });
  const bodies = async () => (await t.run(chief, getCall, { callId })).bodies.length;
  expect(await bodies()).toBe(1);
  await t.run(t.owner, setRule, financeOnly);
  expect(await bodies()).toBe(0);
  await t.run(t.owner, removeRule, { name: financeOnly.name });
});

test('a dry run says who would lose what, and keeps nothing', async () => {
  const house = await startTreasury({ directory: 'plugins' });
  const owner = await house.call(house.operator, 'identity.list-people', {});
  expect(owner).toBeDefined();
  const made = await house.call(house.operator, 'identity.create-person', { name: 'Cleo', email: 'cleo@people.test' });
  const { personId } = made.output as { personId: string };
  await house.call(house.operator, 'identity.grant-role', { personId, role: 'admin' });
  const { output } = await house.call(house.operator, 'governance.set-rule', financeOnly, { dryRun: true });
  expect(output).toMatchObject({ changes: [{ actorId: personId, name: 'Cleo', before: 'yes', after: 'no' }] });
  expect((await house.run(house.operator, listRules, {})).rules).toEqual([]);

  const asked = {
    name: 'some',
    target: 'till.pay',
    policy: 'forbid (principal, action, resource) when { context.input.to == "x" };',
  };
  const some = await house.call(house.operator, 'governance.set-rule', asked, { dryRun: true });
  expect((some.output as { changes: { after: string }[] }).changes.map(({ after }) => after)).toEqual(['depends', 'depends']);
});

test('why somebody may or may not is said with the name of what decides, the strictest of several', async () => {
  const why = async (actorId: string, action: string, more = {}) => t.run(t.owner, explainAccess, { actorId, action, ...more });
  expect(await why('eve', 'till.pay')).toMatchObject({
    decision: 'unknown',
    decidedBy: expect.stringContaining('till.money.spend'),
  });
  expect(await why('bob', 'till.pay')).toMatchObject({ decision: 'yes' });
  expect(await why('ada', 'till.pay', { onBehalfOf: 'eve' })).toMatchObject({
    decision: 'unknown',
    decidedBy: expect.stringContaining('eve does not hold till.money.spend'),
  });
  await t.run(t.owner, setRule, financeOnly);
  expect(await why('cleo', 'ledger.get-entry')).toMatchObject({
    decision: 'unknown',
    decidedBy: 'the rule ledger-for-finance takes ledger.entry.read from cleo',
  });
  await t.run(t.owner, removeRule, { name: financeOnly.name });
  expect(await why('ada', 'governance.approve-call', { onBehalfOf: 'bob' })).toMatchObject({
    decision: 'denied',
    decidedBy: 'the policy governance.agents-never forbids it',
  });
  expect(await why('cleo', ASKED_FOR_TWICE)).toMatchObject({
    decision: 'needs a yes',
    decidedBy: 'the policy till.two asks for the yes of two people',
  });
  await expect(why('nobody-of-that-name', 'till.pay')).rejects.toMatchObject({ code: 'governance.unknown_actor' });
});

test('the schema says what a rule can look at', async () => {
  const { schema } = await t.run(t.owner, getRuleSchema, { target: 'till.pay' });
  expect(schema).toContain('to: __cedar::String');
  expect(schema).toContain('roles: Set<__cedar::String>');
});

test('what is decided once for a party is decided once for each taint; a rule on the input is asked each time', async () => {
  const schema = JSON.stringify({
    '': {
      entityTypes: { Actor: { shape: { type: 'Record', attributes: { kind: { type: 'String' } } } }, Subject: {} },
      actions: {
        'till.pay': {
          appliesTo: {
            principalTypes: ['Actor'],
            resourceTypes: ['Subject'],
            context: {
              type: 'Record',
              attributes: { tainted: { type: 'Boolean' }, input: { type: 'Record', attributes: { to: { type: 'String' } } } },
            },
          },
        },
      },
    },
  });
  const rule = (name: string, when: string) => ({
    ...{ name, target: 'till.pay', outcome: 'refuse' as const, schema },
    policy: `forbid (principal, action, resource) when { ${when} };`,
  });
  const party = { id: 'ann', kind: 'user' as const, roles: [] };
  const ask = async (rules: ReturnType<typeof rule>[]) => {
    const { decide } = await rulesOf(rules);
    return (to: string, tainted: boolean) =>
      decide(party, { actor: party, action: { name: 'till.pay' }, input: { to }, tainted } as never).decision;
  };
  const byTaint = await ask([rule('taint', 'context.tainted')]);
  expect([byTaint('Bob', false), byTaint('Bob', true), byTaint('Bob', false), byTaint('Bob', true)]).toEqual([
    ...['allow', 'deny', 'allow', 'deny'],
  ]);
  const byInput = await ask([rule('taint', 'context.tainted'), rule('input', 'context has input && context.input.to == "Eve"')]);
  expect([byInput('Bob', false), byInput('Eve', false), byInput('Bob', false)]).toEqual(['allow', 'deny', 'allow']);
});

// How long a decision takes: by roles alone, and with rules, beside the empty loop of the same run.
import { holds } from '../../core/src/context.ts';
import type { Party } from '../../core/src/define/governor.ts';
import { rulesOf } from '../../plugins/governance/src/cedar/rules.ts';
import { schemaFor } from '../../plugins/governance/src/cedar/schema.ts';
import { quantile } from '../bench/report.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { randomOf } from './random.ts';

const TIMES = { short: 2_000, long: 100_000 };
const RULES = [1, 10, 100];
const BARS_US = { roles: 5, rules: 250 };
/** So many rules on one action are said, and bound by no bar. */
const UNBOUND = 100;

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const times = TIMES[isShort ? 'short' : 'long'];
  const random = randomOf(seed);
  const rights = new Map(Array.from({ length: 120 }, (_, at) => [`plugin.noun-${at}.read`, 'company' as const]));
  const asked = Array.from({ length: 200 }, (_, at) => `plugin.noun-${at}.read`); // some of them are held
  const rows = [
    ['nothing', ...measured(times, () => undefined)],
    ['roles: a permission among 120', ...measured(times, () => holds(rights, asked[Math.floor(random() * asked.length)] ?? ''))],
  ];
  const broken: string[] = [];
  const bound = (name: string, p99: number, bar: number) => {
    if (p99 > bar && !isShort) broken.push(`${name} take ${p99} µs at p99`);
  };
  for (const count of RULES) {
    const rules = await rulesOf(Array.from({ length: count }, (_, at) => rule(at)));
    const decide = () => rules.decide(party, { ...question, input: { to: `Payee ${Math.floor(random() * 1000)}` } } as never);
    const { decision } = decide();
    if (decision !== 'allow') broken.push(`with ${count} rules of which none fits the answer is ${decision}`);
    const [p50, p99] = measured(times / 10, decide);
    rows.push([`${count} rule${count === 1 ? '' : 's'} on the action`, p50, p99]);
    if (count < UNBOUND) bound(`${count} rules`, p99, BARS_US.rules);
  }
  bound('roles', rows[1]?.[2] as number, BARS_US.roles);
  return {
    tables: [{ title: 'Microseconds for one decision', columns: ['', 'p50', 'p99'], rows }],
    notes: [
      `Bars: roles ${BARS_US.roles}, up to 10 rules ${BARS_US.rules} at p99 on a quiet machine; none for ${UNBOUND} rules on one action, and none with --short, which looks at answers alone. Each rule looks at the input; all are about the same action.`,
    ],
    broken,
  };
}

const party: Party = { id: 'ann', kind: 'user', roles: [{ role: 'editor' }, { role: 'admin', departmentId: 'finance' }] };
const question = { actor: party, onBehalfOf: undefined, action: { name: 'till.pay' }, record: undefined, tainted: false };
const catalogue = {
  plugins: new Set(['till']),
  permissions: new Map(),
  action: () => ({ name: 'till.pay', input: { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] } }),
};

const rule = (at: number) => ({
  name: `rule-${at}`,
  target: 'till.pay',
  outcome: 'refuse' as const,
  policy: `forbid (principal, action, resource) when { context.input.to == "Nobody ${at}" && principal.kind == "agent" };`,
  schema: JSON.stringify(schemaFor(catalogue as never, 'till.pay')),
});

/** p50 and p99 in microseconds. */
function measured(times: number, work: () => unknown): [number, number] {
  for (let at = 0; at < Math.min(times, 500); at += 1) work();
  const took = Array.from({ length: times }, () => {
    const began = performance.now();
    work();
    return (performance.now() - began) * 1000;
  }).sort((one, other) => one - other);
  return [round(quantile(took, 0.5)), round(quantile(took, 0.99))];
}

const round = (value: number) => Math.round(value * 10) / 10;

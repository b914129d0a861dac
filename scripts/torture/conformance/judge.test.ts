import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { NOT_OFFERED, SAYS_NOTHING } from './not-offered.ts';
import type { Check, Status } from './suites.ts';

const suite = { name: 'a suite', wire: '2026-07-28', package: 'none', words: [], beside: ['tasks-lifecycle'] } as const;

/** A run in which every gap shows, and what else is said of single scenarios. */
function runWith(more: Readonly<Record<string, readonly Check[]>> = {}) {
  const scenarios = new Map<string, readonly Check[]>([['ping', [check('ping', 'SUCCESS')]]]);
  for (const entry of NOT_OFFERED.flatMap(({ what }) => what)) {
    const [scenario = '', id = 'whatever'] = entry.split(':', 2);
    scenarios.set(scenario, [...(scenarios.get(scenario) ?? []), check(id, 'FAILURE')]);
  }
  for (const scenario of SAYS_NOTHING.what) scenarios.set(scenario, [check('empty', 'SUCCESS')]);
  for (const [scenario, checks] of Object.entries(more)) scenarios.set(scenario, checks);
  return { suite, scenarios };
}

const check = (id: string, status: Status): Check => ({ id, status });

test('what is known not to be offered breaks nothing, and is not counted as passed', () => {
  const run = runWith();
  const { rows, broken } = judge([run]);
  expect(broken).toEqual([]);
  expect(rows).toMatchObject([
    { name: '2026-07-28 by a suite, required', whole: 1, passed: 1, failed: 0 },
    { name: '2026-07-28 by a suite, beside it', scenarios: 1, whole: 0, passed: 0, notOffered: 1, failed: 0 },
  ]);
});

test('a failure or a warning that nobody knows of breaks, in a scenario of which single checks are known too', () => {
  expect(judge([runWith({ ping: [check('ping', 'WARNING')] })]).broken).toEqual(['a suite, 2026-07-28: ping, ping: failed']);
  const known = ['sep-2575-server-rejects-undeclared-capability', 'sep-2575-missing-capability-http-400'];
  const checks = [...known, 'other'].map((id) => check(id, 'FAILURE'));
  expect(judge([runWith({ 'server-stateless': checks })]).broken).toEqual([
    'a suite, 2026-07-28: server-stateless, other: failed',
  ]);
});

test('a gap that passes, and one that no suite asks for, must leave the table', () => {
  const { broken } = judge([runWith({ 'logging-set-level': [check('set', 'SUCCESS')] })]);
  expect(broken).toEqual(['a suite, 2026-07-28: logging-set-level is said not to be offered, and passes']);
  const run = runWith();
  const without = { suite, scenarios: new Map([...run.scenarios].filter(([name]) => name !== 'resources-subscribe')) };
  expect(judge([without]).broken).toEqual(['resources-subscribe is said not to be offered, and no suite asks for it']);
});

test('a scenario that passes for want of a tool breaks when it no longer does', () => {
  const [scenario = ''] = SAYS_NOTHING.what;
  expect(judge([runWith({ [scenario]: [check('empty', 'FAILURE')] })]).broken).toEqual([
    `a suite, 2026-07-28: ${scenario}, empty: failed`,
  ]);
});

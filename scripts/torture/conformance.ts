// The official suites of the Model Context Protocol against our server, on both wires. Nothing in it is drawn: `--short` is the whole.
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import type { TortureReport } from '../torture.ts';
import { judge, type Verdict } from './conformance/judge.ts';
import { NOT_OFFERED, SAYS_NOTHING } from './conformance/not-offered.ts';
import { runSuite, SUITES } from './conformance/suites.ts';
import { openWorld } from './conformance/world.ts';

type Outcome = Verdict & { readonly place: string };

export async function run(): Promise<TortureReport> {
  const outcomes = await onEachDatabase(runAll);
  const rows = outcomes.flatMap(({ place, rows }) =>
    rows.map(({ name, scenarios, whole, checks, passed, notOffered, failed }) => [
      `${place}, ${name}`,
      scenarios,
      whole,
      checks,
      passed,
      notOffered,
      failed,
    ]),
  );
  const gaps = [...NOT_OFFERED, SAYS_NOTHING].map(({ what, why }) => `Not offered: ${what.join(', ')}. ${why}`);
  return {
    tables: [
      {
        title: 'Suites of @modelcontextprotocol/conformance against /mcp, two apps on one database behind a round-robin',
        columns: ['', 'scenarios', 'whole', 'checks', 'passed', 'not offered', 'failed'],
        rows,
      },
    ],
    notes: [
      ...gaps,
      'Required is what a server must pass for that revision; beside it stands what the suite runs and does not count. What only informs or was skipped is no check here. A warning counts as failed.',
      ...leftOut(),
    ],
    broken: outcomes.flatMap(({ place, broken }) => broken.map((sentence) => `${place}: ${sentence}`)),
  };
}

async function runAll(place: Place): Promise<Outcome[]> {
  const world = await openWorld(await place.newHome());
  try {
    const found = [];
    for (const suite of SUITES) found.push({ suite, scenarios: await runSuite(suite, world.address) });
    const { rows, broken } = judge(found);
    const idle = [0, 1].filter((app) => !world.had[app]).map((app) => `app ${app + 1} was asked nothing`);
    return [{ place: place.kind, rows, broken: [...broken, ...idle] }];
  } finally {
    await world.close();
  }
}

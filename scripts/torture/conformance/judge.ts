// What a run of the suites comes to: what passed, what is known not to be offered, and what broke.
import { NOT_OFFERED, SAYS_NOTHING } from './not-offered.ts';
import type { Check, Status, Suite } from './suites.ts';

export interface Row {
  readonly name: string;
  readonly scenarios: number;
  /** Scenarios of which every check passed. */
  readonly whole: number;
  readonly checks: number;
  readonly passed: number;
  readonly notOffered: number;
  readonly failed: number;
}

export interface Verdict {
  readonly rows: readonly Row[];
  readonly broken: readonly string[];
}

export interface Found {
  readonly suite: Suite;
  readonly scenarios: ReadonlyMap<string, readonly Check[]>;
}

const FAILED: readonly Status[] = ['FAILURE', 'WARNING'];
const COUNTED: readonly Status[] = ['SUCCESS', ...FAILED];

const known = NOT_OFFERED.flatMap(({ what }) => what);
const isKnown = (scenario: string, check: string) => known.includes(scenario) || known.includes(`${scenario}:${check}`);

export function judge(found: readonly Found[]): Verdict {
  const broken = found.flatMap(({ suite, scenarios }) =>
    [...scenarios].flatMap(([scenario, checks]) =>
      failures(checks)
        .filter(({ id }) => !isKnown(scenario, id) || SAYS_NOTHING.what.includes(scenario))
        .map(({ id, errorMessage = 'failed' }) => `${suite.name}, ${suite.wire}: ${scenario}, ${id}: ${errorMessage}`),
    ),
  );
  return { rows: found.flatMap(rowsOf), broken: [...broken, ...stale(found)] };
}

const failures = (checks: readonly Check[]) => checks.filter(({ status }) => FAILED.includes(status));

/** Entries of the table that hold no longer. */
function stale(found: readonly Found[]): string[] {
  return [...known, ...SAYS_NOTHING.what].flatMap((entry) => {
    const [scenario = '', check] = entry.split(':', 2);
    const ran = found.filter(({ scenarios }) => scenarios.has(scenario));
    if (ran.length === 0) return [`${entry} is said not to be offered, and no suite asks for it`];
    if (SAYS_NOTHING.what.includes(entry)) return [];
    return ran
      .filter(({ scenarios }) => !failures(scenarios.get(scenario) ?? []).some(({ id }) => check === undefined || id === check))
      .map(({ suite }) => `${suite.name}, ${suite.wire}: ${entry} is said not to be offered, and passes`);
  });
}

/** What is required, and what the suite runs beside it where it does. */
function rowsOf({ suite, scenarios }: Found): Row[] {
  const all = [...scenarios];
  const isBeside = ([name]: (typeof all)[number]) => suite.beside.includes(name);
  const name = `${suite.wire} by ${suite.name}`;
  const required = all.filter((one) => !isBeside(one));
  if (required.length === all.length) return [rowOf(name, all)];
  return [rowOf(`${name}, required`, required), rowOf(`${name}, beside it`, all.filter(isBeside))];
}

function rowOf(name: string, scenarios: readonly (readonly [string, readonly Check[]])[]): Row {
  const counted = scenarios.flatMap(([scenario, checks]) =>
    checks.filter(({ status }) => COUNTED.includes(status)).map((check) => ({ scenario, ...check })),
  );
  const [failed, passed] = [failures(counted), counted.filter(({ status }) => status === 'SUCCESS')] as const;
  const empty = passed.filter(({ scenario }) => SAYS_NOTHING.what.includes(scenario));
  const gaps = counted.filter(({ scenario, id, status }) => FAILED.includes(status) && isKnown(scenario, id));
  return {
    name,
    scenarios: scenarios.length,
    whole: scenarios.filter(([scenario, checks]) => failures(checks).length === 0 && !SAYS_NOTHING.what.includes(scenario))
      .length,
    checks: counted.length,
    passed: passed.length - empty.length,
    notOffered: gaps.length + empty.length,
    failed: failed.length - gaps.length,
  };
}

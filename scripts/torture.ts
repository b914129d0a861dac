// `npm run torture -- NAME [--short] [--seed N] [--out FILE.json]`: attacks on what the house promises. Exit code 1 when a promise broke.
import '../core/src/quick-imports.ts';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { endAll } from '../core/src/testing/endings.ts';
import { printReport, type Report } from './bench/report.ts';

export interface TortureOptions {
  readonly isShort: boolean;
  readonly seed: number;
}

/** `broken`: one sentence for each promise that did not hold. */
export type TortureReport = Report & { readonly broken: readonly string[] };

const tortures: Readonly<Record<string, () => Promise<{ run(options: TortureOptions): Promise<TortureReport> }>>> = {
  tamper: () => import('./torture/tamper.ts'),
  sealer: () => import('./torture/sealer.ts'),
  'audit-outage': () => import('./torture/audit-outage.ts'),
  approvals: () => import('./torture/approvals.ts'),
  limits: () => import('./torture/limits.ts'),
  decisions: () => import('./torture/decisions.ts'),
  oauth: () => import('./torture/oauth.ts'),
  conformance: () => import('./torture/conformance.ts'),
  crash: () => import('./torture/crash.ts'),
  bank: () => import('./torture/bank.ts'),
  matrix: () => import('./torture/matrix.ts'),
  paths: () => import('./torture/paths.ts'),
  files: () => import('./torture/files.ts'),
  previews: () => import('./torture/previews.ts'),
  escalation: () => import('./torture/escalation.ts'),
  'hostile-model': () => import('./torture/hostile-model.ts'),
  canary: () => import('./torture/canary.ts'),
};

const MOST_PRINTED = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean' }, seed: { type: 'string' }, out: { type: 'string' } },
});
const name = positionals[0] ?? '';
const load = tortures[name];
if (!load) {
  process.stderr.write(
    `torture NAME [--short] [--seed N] [--out FILE.json], where NAME is one of: ${Object.keys(tortures).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  process.stdout.write(`seed ${seed}\n`);
  const report = await (await load()).run({ isShort: values.short ?? false, seed }).finally(endAll);
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  const whole = { bench: `torture ${name}`, at: new Date().toISOString(), machine, seed, ...report };
  printReport(whole);
  for (const sentence of report.broken.slice(0, MOST_PRINTED)) process.stdout.write(`BROKEN ${sentence}\n`);
  if (report.broken.length > MOST_PRINTED) process.stdout.write(`… and ${report.broken.length - MOST_PRINTED} more\n`);
  if (values.out) writeFileSync(values.out, `${JSON.stringify(whole, null, 2)}\n`);
  process.exitCode = report.broken.length === 0 ? 0 : 1;
}

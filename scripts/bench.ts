// `npm run bench -- NAME [--out FILE.json]`: prints tables, writes JSON. Compares within one run, never against yesterday's.
import '../core/src/quick-imports.ts';
import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { Report } from './bench/report.ts';
import { printReport } from './bench/report.ts';

const benches: Readonly<Record<string, () => Promise<{ run(): Promise<Report> }>>> = {
  kernel: () => import('./bench/kernel.ts'),
  start: () => import('./bench/start.ts'),
  import: () => import('./bench/import.ts'),
  chat: () => import('./bench/chat.ts'),
  channels: () => import('./bench/channels.ts'),
  search: () => import('./bench/search.ts'),
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { out: { type: 'string' } } });
const name = positionals[0] ?? '';
const load = benches[name];
if (!load) {
  process.stderr.write(`bench NAME [--out FILE.json], where NAME is one of: ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const report = await (await load()).run();
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  const whole = { bench: name, at: new Date().toISOString(), machine, ...report };
  printReport(whole);
  if (values.out) writeFileSync(values.out, `${JSON.stringify(whole, null, 2)}\n`);
}

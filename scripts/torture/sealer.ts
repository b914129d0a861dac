// The sealer under load, and a large log. Needs a Postgres server: on the embedded database writers stand in line.
import { onPostgres, type Place } from '../bench/places.ts';
import { quantile, type Table } from '../bench/report.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { PROOFS, verifyMany } from './large-log.ts';
import { SEALERS, WRITERS, type Written, writeAndSeal } from './many-writers.ts';

/** Long transactions, to catch what is skipped; short ones, for as many calls a second as the machine makes. */
const OPEN_MS = { 'long transactions': 60, 'short transactions': 5 } as const;
const LAG_BAR_SECONDS = 2;
const VERIFY_BAR_SECONDS = 60;
const PROOF_BAR_MS = 1;

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const seconds = isShort ? 3 : 60;
  const rows = isShort ? 10_000 : 1_000_000;
  const broken: string[] = [];
  const written: (readonly [string, Written])[] = [];
  for (const [name, openMs] of Object.entries(OPEN_MS)) {
    const one = await onPostgres(async (place) => writeAndSeal(await place.newHome(), { seconds, seed, openMs, broken }));
    if (quantile(one.lags, 0.99) > LAG_BAR_SECONDS) broken.push(`${name}: p99 of the lag is over ${LAG_BAR_SECONDS} s`);
    written.push([name, one]);
  }
  const large = async (place: Place) => verifyMany(await place.newHome(), { rows, seed, broken });
  const verified = await onPostgres(large);
  if (verified.seconds > VERIFY_BAR_SECONDS) broken.push(`verifying took longer than ${VERIFY_BAR_SECONDS} s`);
  if (quantile(verified.proofs.made, 0.5) > PROOF_BAR_MS) broken.push(`an inclusion proof takes longer than ${PROOF_BAR_MS} ms`);
  return {
    tables: [lagTable(written, seconds), ...logTables(verified, rows)],
    notes: [
      'Transactions stay open for random times up to 60 and 5 ms, one of a hundred ten times as long; one of twenty is rolled back. ' +
        'Lag: from the answer to the commit until the checkpoint that covers the row was stored. CPU and memory: of the verifying process alone.',
    ],
    broken,
  };
}

function lagTable(written: readonly (readonly [string, Written])[], seconds: number): Table {
  return {
    title: `${WRITERS} writers, ${SEALERS} sealers, ${seconds} s`,
    columns: ['', 'calls', 'calls/s', 'skipped', 'lag p50 s', 'p99 s', 'at most s'],
    rows: written.map(([name, { calls, skipped, lags }]) => [
      name,
      calls,
      Math.round(calls / seconds),
      skipped,
      ...at(lags, [0.5, 0.99, 1]),
    ]),
  };
}

function logTables(verified: Awaited<ReturnType<typeof verifyMany>>, rows: number): Table[] {
  const { sealSeconds, seconds, cpuSeconds, grewMiB, highestMiB, proofs } = verified;
  return [
    {
      title: `${rows} rows, each with a body and two changes`,
      columns: ['', 'seconds', 'rows/s', 'CPU s', 'memory grew by, MiB', 'to MiB'],
      rows: [
        ['sealed', sealSeconds.toFixed(1), Math.round(rows / sealSeconds), '', '', ''],
        [
          'verified',
          seconds.toFixed(1),
          Math.round(rows / seconds),
          cpuSeconds.toFixed(1),
          grewMiB.toFixed(0),
          highestMiB.toFixed(0),
        ],
      ],
    },
    {
      title: `${PROOFS} inclusion proofs in that log, ms`,
      columns: ['', 'p50', 'p99'],
      rows: [
        ['read and made', ...at(proofs.made, [0.5, 0.99])],
        ['checked', ...at(proofs.checked, [0.5, 0.99])],
      ],
    },
  ];
}

const at = (sorted: readonly number[], shares: readonly number[]) => shares.map((share) => quantile(sorted, share).toFixed(2));

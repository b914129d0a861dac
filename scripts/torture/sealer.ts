// Twenty writers with open transactions of random length and three sealers: no row may be skipped. Then how fast a large log is verified.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database } from '../../core/src/db/database.ts';
import { inclusionProof, isIncluded, rootOf } from '../../core/src/seal/merkle.ts';
import { growingOf, readState, readSubtrees } from '../../core/src/seal/store.ts';
import { verifyLog } from '../../core/src/seal/verify.ts';
import { type Home, onPostgres } from '../bench/places.ts';
import { quantile } from '../bench/report.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { randomOf } from './random.ts';
import { ENTRY, fill, key, openRecord, openSealer } from './record.ts';

const WRITERS = 20;
const SEALERS = 3;
const LONGEST_OPEN_MS = 60;
const CALLS_A_TRANSACTION = 1_000;
const LAG_BAR_SECONDS = 2;
const VERIFY_BAR_SECONDS = 60;
const PROOFS = 1_000;
const PROOF_BAR_MS = 1;

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const seconds = isShort ? 5 : 60;
  const rows = isShort ? 10_000 : 1_000_000;
  const broken: string[] = [];
  const written = await onPostgres(async (place) => writeAndSeal(await place.newHome(), { seconds, seed, broken }));
  const verified = await onPostgres(async (place) => verifyMany(await place.newHome(), { rows, seed, broken }));
  return {
    tables: [
      {
        title: `${WRITERS} writers, transactions open up to ${LONGEST_OPEN_MS} ms, ${SEALERS} sealers, ${seconds} s`,
        columns: ['', ''],
        rows: [
          ['calls', written.calls],
          ['calls/s', Math.round(written.calls / seconds)],
          ['skipped', written.skipped],
          ['lag p50, s', quantile(written.lags, 0.5).toFixed(2)],
          ['lag p99, s', quantile(written.lags, 0.99).toFixed(2)],
          ['lag at most, s', (written.lags.at(-1) ?? Number.NaN).toFixed(2)],
        ],
      },
      {
        title: `${rows} rows, each with a body and two changes`,
        columns: ['', 'seconds', 'rows/s', 'CPU s', 'memory grew by, MiB', 'to MiB'],
        rows: [
          ['sealed', verified.sealSeconds.toFixed(1), Math.round(rows / verified.sealSeconds), '', '', ''],
          [
            'verified',
            verified.seconds.toFixed(1),
            Math.round(rows / verified.seconds),
            verified.cpuSeconds.toFixed(1),
            verified.grewMiB.toFixed(0),
            verified.highestMiB.toFixed(0),
          ],
        ],
      },
      {
        title: `${PROOFS} inclusion proofs in that log, ms`,
        columns: ['', 'p50', 'p99'],
        rows: [
          ['read and made', ...at(verified.proofs.made)],
          ['checked', ...at(verified.proofs.checked)],
        ],
      },
    ],
    notes: [
      'Lag: from the answer to the commit until the checkpoint that covers the row was stored. CPU and memory: of the verifying process alone, highest of all looks.',
    ],
    broken,
  };
}

const at = (sorted: readonly number[]) => [0.5, 0.99].map((share) => quantile(sorted, share).toFixed(2));

async function writeAndSeal(home: Home, { seconds, seed, broken }: { seconds: number; seed: number; broken: string[] }) {
  const databases = await Promise.all(Array.from({ length: SEALERS }, () => openRecord(home)));
  const [database] = databases as [Database];
  const sealers = databases.map((one) => openSealer(one, home.folder));
  for (const sealer of sealers) sealer.start();
  const committed = new Map<string, number>();
  const until = performance.now() + seconds * 1000;
  const { default: postgres } = await import('postgres');
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, number) => {
      const random = randomOf(seed + number);
      const client = postgres(home.databaseUrl ?? '', { max: 1, onnotice() {} });
      while (performance.now() < until) {
        const callId = crypto.randomUUID();
        await client.begin(async (tx) => {
          await tx`select core.record_call(${tx.json({ ...ENTRY, call_id: callId })}, '{}')`;
          await setTimeout(random() * LONGEST_OPEN_MS);
        });
        committed.set(callId, Date.now());
      }
      await client.end();
    }),
  );
  await setTimeout(2 * LAG_BAR_SECONDS * 1000);
  const sealed = await database.rows<{ call_id: string; sealed_at: Date }>(sql`
    select e.call_id, (select c.sealed_at from core.checkpoints c where c.size > s.position order by c.size limit 1) as sealed_at
    from core.sealed_entries s join core.audit_entries e on e.at = s.at and e.id = s.id where e.plugin = 'notes'`);
  const sealedAt = new Map(sealed.map(({ call_id, sealed_at }) => [call_id, sealed_at.getTime()]));
  const skipped = [...committed.keys()].filter((callId) => !sealedAt.has(callId));
  if (skipped.length > 0 || sealed.length !== committed.size)
    broken.push(`${skipped.length} of ${committed.size} calls are not sealed: ${skipped.slice(0, 3)}`);
  await verifyLog({ rows: database.rows, keys: [key], outside: [], found: (finding) => broken.push(JSON.stringify(finding)) });
  const lags = [...committed].map(([callId, at]) => ((sealedAt.get(callId) ?? Number.POSITIVE_INFINITY) - at) / 1000);
  lags.sort((one, other) => one - other);
  if (quantile(lags, 0.99) > LAG_BAR_SECONDS) broken.push(`the lag is over ${LAG_BAR_SECONDS} s`);
  for (const sealer of sealers) await sealer.stop();
  for (const one of databases) await one.close();
  return { calls: committed.size, skipped: skipped.length, lags };
}

async function verifyMany(home: Home, { rows, seed, broken }: { rows: number; seed: number; broken: string[] }) {
  const database = await openRecord(home);
  try {
    await database.owner((owner) => fill(owner, rows, CALLS_A_TRANSACTION));
    const sealing = performance.now();
    await openSealer(database, home.folder).seal();
    const sealSeconds = (performance.now() - sealing) / 1000;
    await database.owner((owner) => owner.script('analyze'));
    const before = process.memoryUsage().rss;
    let highest = before;
    const began = performance.now();
    const cpu = process.cpuUsage();
    const verified = await verifyLog({
      rows: database.rows,
      keys: [key],
      outside: [],
      found: (finding) => broken.push(JSON.stringify(finding)),
      progress() {
        highest = Math.max(highest, process.memoryUsage().rss);
      },
    });
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    if (verified.leaves < rows) broken.push(`${verified.leaves} of ${rows} rows were sealed`);
    if (seconds > VERIFY_BAR_SECONDS) broken.push(`verifying took longer than ${VERIFY_BAR_SECONDS} s`);
    const proofs = await proveMany(database, { size: verified.leaves, seed, broken });
    if (quantile(proofs.made, 0.5) > PROOF_BAR_MS) broken.push(`an inclusion proof takes longer than ${PROOF_BAR_MS} ms`);
    const cpuSeconds = (user + system) / 1e6;
    return { sealSeconds, seconds, cpuSeconds, grewMiB: (highest - before) / 2 ** 20, highestMiB: highest / 2 ** 20, proofs };
  } finally {
    await database.close();
  }
}

/** Inclusion proofs of random leaves, with reading what they are made of, and checking them: sorted milliseconds. */
async function proveMany(database: Database, { size, seed, broken }: { size: number; seed: number; broken: string[] }) {
  const random = randomOf(seed);
  const { head } = await readState(database.rows);
  const root = rootOf(growingOf(head));
  const made: number[] = [];
  const checked: number[] = [];
  for (let n = 0; n < PROOFS; n++) {
    const index = Math.floor(random() * size);
    const began = performance.now();
    const subtree = await readSubtrees(database.rows, [index], size);
    const path = inclusionProof(index, size, subtree);
    const proven = performance.now();
    if (!isIncluded({ leaf: subtree(0, index), index, size, root, path })) broken.push(`leaf ${index} is not proved`);
    made.push(proven - began);
    checked.push(performance.now() - proven);
  }
  const inOrder = (times: number[]) => times.sort((one, other) => one - other);
  return { made: inOrder(made), checked: inOrder(checked) };
}

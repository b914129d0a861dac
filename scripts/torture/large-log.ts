// A large log: how fast it is made and verified, in how much memory, and how fast a leaf of it is proved.
import type { Database } from '../../core/src/db/database.ts';
import { inclusionProof, isIncluded, rootOf } from '../../core/src/seal/merkle.ts';
import { growingOf, readState, readSubtrees } from '../../core/src/seal/store.ts';
import { verifyLog } from '../../core/src/seal/verify.ts';
import type { Home } from '../bench/places.ts';
import { randomOf } from './random.ts';
import { fill, key, openRecord, openSealer } from './record.ts';

export const PROOFS = 1_000;
const CALLS_A_TRANSACTION = 1_000;

export async function verifyMany(home: Home, { rows, seed, broken }: { rows: number; seed: number; broken: string[] }) {
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
    const proofs = await proveMany(database, { size: verified.leaves, seed, broken });
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

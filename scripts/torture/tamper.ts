// Every attack on the sealed record, at random places: each must be found, and what was attacked be named. Then it is undone.
import { sql } from 'drizzle-orm';
import type { Finding } from '../../core/src/seal/findings.ts';
import { verifyLog } from '../../core/src/seal/verify.ts';
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import { quantile } from '../bench/report.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { attacks } from './attacks.ts';
import { randomOf } from './random.ts';
import { fill, key, openRecord, openSealer } from './record.ts';

const TRIES = { short: 105, long: 10_000 };
const CALLS = 120;
const CALLS_A_CHECKPOINT = 12;

interface Outcome {
  readonly place: string;
  readonly attack: string;
  readonly tries: number;
  readonly found: number;
  readonly p50: number;
}

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const tries = isShort ? TRIES.short : TRIES.long;
  const broken: string[] = [];
  const outcomes = await onEachDatabase((place) => torture(place, { tries, seed, broken }));
  return {
    tables: [
      {
        title: `${tries} attacks on ${CALLS} sealed calls`,
        columns: ['', 'attack', 'tries', 'found and named', 'verified in ms'],
        rows: outcomes.map(({ place, attack, tries: made, found, p50 }) => [place, attack, made, found, p50.toFixed(0)]),
      },
    ],
    notes: [
      'As the owner with all triggers off, inside a transaction that is rolled back. A newest checkpoint is kept outside. ' +
        'Found and named: a finding names the row, body, change or checkpoint; where row and leaf were rewritten alike, the leaves since the last good checkpoint.',
      ...leftOut(),
    ],
    broken,
  };
}

async function torture(
  place: Place,
  { tries, seed, broken }: { tries: number; seed: number; broken: string[] },
): Promise<Outcome[]> {
  const home = await place.newHome();
  const database = await openRecord(home);
  const random = randomOf(seed);
  const pick = (most: number) => Math.floor(random() * most);
  const names = Object.keys(attacks);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  const found = new Map<string, number>(names.map((name) => [name, 0]));
  try {
    const sealer = openSealer(database, home.folder);
    for (let done = 0; done < CALLS; done += CALLS_A_CHECKPOINT) {
      await database.owner((owner) => fill(owner, CALLS_A_CHECKPOINT, 3));
      await sealer.seal();
    }
    const [newest] = await database.rows<{ size: string; note: string }>(
      sql`select size, note from core.checkpoints order by size desc limit 1`,
    );
    const leaves = await database.rows<{ position: string; call_id: string }>(sql`
      select s.position, e.call_id from core.sealed_entries s join core.audit_entries e on e.at = s.at and e.id = s.id
      where e.plugin = 'notes' order by s.position`);
    if (!newest || leaves.length !== CALLS) throw new Error(`${leaves.length} of ${CALLS} calls were sealed`);
    const size = Number(newest.size);
    const outside = [{ from: 'outside', note: newest.note }];

    await database.owner(async (owner) => {
      const verify = async () => {
        const findings: Finding[] = [];
        await verifyLog({ rows: owner.rows, keys: [key], outside, found: (finding) => findings.push(finding) });
        return findings;
      };
      for (let n = 0; n < tries; n++) {
        const name = names[n % names.length] as string;
        const leaf = leaves[pick(leaves.length - 3) + 2]; // not the first two: an attack may need a neighbour
        await owner.script('begin; set local session_replication_role = replica');
        try {
          const target = { rows: owner.rows, size, position: Number(leaf?.position), callId: leaf?.call_id ?? '', pick };
          const isNamed = await (attacks[name] as (typeof attacks)[string])(target);
          const began = performance.now();
          const findings = await verify();
          times.get(name)?.push(performance.now() - began);
          if (findings.some(isNamed)) found.set(name, (found.get(name) ?? 0) + 1);
          else
            broken.push(
              `${place.kind}, try ${n}: ${name} at ${target.position} was ${findings.length === 0 ? 'not found' : `not named: ${JSON.stringify(findings.slice(0, 3))}`}`,
            );
        } finally {
          await owner.script('rollback');
        }
      }
      const left = await verify();
      if (left.length > 0) broken.push(`${place.kind}: the record is not as before: ${JSON.stringify(left[0])}`);
    });
  } finally {
    await database.close();
  }
  return names.map((attack) => {
    const sorted = (times.get(attack) ?? []).sort((one, other) => one - other);
    return { place: place.kind, attack, tries: sorted.length, found: found.get(attack) ?? 0, p50: quantile(sorted, 0.5) };
  });
}

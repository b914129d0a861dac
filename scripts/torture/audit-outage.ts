// While the record cannot be written, nothing may be done, /readyz must say so within seconds, and all goes on by itself afterwards.
import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { type House, openHouse } from '../../core/src/house.ts';
import { type App, createApp } from '../../core/src/http/app.ts';
import { defineInstallation } from '../../core/src/installation.ts';
import { loadSealKey } from '../../core/src/seal/key.ts';
import { verifyLog } from '../../core/src/seal/verify.ts';
import { readSettings } from '../../core/src/settings.ts';
import { notesPlugin } from '../../core/src/testing/notes/plugin.ts';
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { type Outage, outages } from './outages.ts';
import { randomOf } from './random.ts';

const ROUNDS = { short: 1, long: 5 };
const RED_BAR_MS = 5_000;
const HELD_MS = { short: 500, long: 2_500 };
const WRITERS = 3;
const KEY = 'operator';
const PAUSE_MS = 15;
/** Actions of which every call changes a row. */
const CHANGING: ReadonlySet<string> = new Set(['add-note', 'retitle']);

interface Attempt {
  readonly action: string;
  readonly began: number;
  readonly ended: number;
  readonly status: number;
  readonly code: string | undefined;
  readonly noteId: string | undefined;
}

interface Outcome {
  readonly place: string;
  readonly outage: string;
  readonly refused: number;
  readonly done: number;
  /** Began within and ended after it. */
  readonly waited: number;
  readonly redMs: number;
  readonly greenMs: number;
}

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const profile = isShort ? 'short' : 'long';
  const broken: string[] = [];
  const outcomes = await onEachDatabase((place) =>
    torture(place, { rounds: ROUNDS[profile], heldMs: HELD_MS[profile], random: randomOf(seed), broken }),
  );
  return {
    tables: [
      {
        title: `${ROUNDS[profile]} rounds`,
        columns: ['', 'outage', 'refused', 'done', 'waited', 'red after ms', 'green after ms'],
        rows: tableOf(outcomes),
      },
    ],
    notes: [
      'Calls by REST of which every one leaves a row: writes of low, medium and high risk, a job, a recorded read. Refused and done: those that began and ended within the outage; waited: those that it held up. ' +
        'Red and green: at most, until /readyz said so. A sealer that is down refuses nothing, as it works after the commit.',
      ...leftOut(),
    ],
    broken,
  };
}

interface Torture {
  readonly rounds: number;
  readonly heldMs: number;
  random(): number;
  readonly broken: string[];
}

async function torture(place: Place, { rounds, heldMs, random, broken }: Torture): Promise<Outcome[]> {
  const { folder, databaseUrl } = await place.newHome();
  const env = {
    TROUPE_HOME: folder,
    LOG_LEVEL: 'silent',
    TROUPE_CALL_LIMITS: 'off',
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  };
  const settings = readSettings(env, folder);
  const house = await openHouse(defineInstallation({ plugins: [notesPlugin], surfaces: [] }), settings);
  try {
    await house.kernel.startWorkers({ concurrency: 1 });
    const { kernel, metrics } = house;
    const app = createApp({ kernel, metrics, localKey: KEY, hosts: undefined, publicUrl: 'http://house.test' });
    const outcomes: Outcome[] = [];
    const attempts: Attempt[] = [];
    for (let round = 0; round < rounds; round++) {
      const possible = outages.filter(({ needsServer }) => !needsServer || databaseUrl !== undefined);
      for (const outage of shuffled(possible, random)) {
        const told = (sentence: string) => broken.push(`${place.kind}, round ${round}, ${outage.name}: ${sentence}`);
        outcomes.push({ place: place.kind, ...(await suffer(outage, { house, app, heldMs, attempts, told })) });
      }
    }
    if (!(await kernel.settle())) broken.push(`${place.kind}: events or jobs still wait`);
    await checkBooks(house, attempts, (sentence) => broken.push(`${place.kind}: ${sentence}`));
    await kernel.stop(); // seals what is left
    const keys = [loadSealKey(settings)];
    const verified = await verifyLog({
      rows: house.database.rows,
      keys,
      outside: [],
      found: (finding) => broken.push(`${place.kind}: ${JSON.stringify(finding)}`),
    });
    if (verified.waiting > 0) broken.push(`${place.kind}: ${verified.waiting} rows are not sealed`);
    return outcomes;
  } finally {
    await house.close();
  }
}

interface Suffering {
  readonly house: House;
  readonly app: App;
  readonly heldMs: number;
  readonly attempts: Attempt[];
  told(sentence: string): void;
}

async function suffer(outage: Outage, { house, app, heldMs, attempts, told }: Suffering): Promise<Omit<Outcome, 'place'>> {
  const first = attempts.length;
  const ending = new AbortController();
  const working = Promise.all(
    Array.from({ length: WRITERS }, (_, writer) => work(app, { writer, attempts, signal: ending.signal })),
  );
  await setTimeout(200);
  const end = await outage.begin(house.database);
  const from = performance.now();
  const redMs = await until(app, 503);
  await setTimeout(heldMs);
  const to = performance.now();
  await end();
  const greenMs = await until(app, 200);
  await setTimeout(200);
  ending.abort();
  await working;
  const within = attempts.slice(first).filter(({ began, ended }) => began > from && ended < to);
  const isRefusedThen = ({ action }: Attempt) =>
    outage.refuses === 'all' || (outage.refuses === 'changes' && CHANGING.has(action));
  for (const one of within) {
    if ((one.status !== 200) !== isRefusedThen(one)) told(`${one.action} answered ${one.status} ${one.code ?? ''}`);
  }
  const refused = within.filter(({ status }) => status !== 200).length;
  const done = within.length - refused;
  const waited = attempts.slice(first).filter(({ began, ended }) => began > from && began < to && ended >= to).length;
  // a short outage may pass between the beginnings of two slow calls
  const isLong = heldMs >= HELD_MS.long;
  if (isLong && (outage.refuses === 'none' ? done === 0 : refused + waited === 0)) told('no call met it');
  if (redMs > RED_BAR_MS) told(`/readyz was red after ${redMs.toFixed(0)} ms`);
  if (greenMs > RED_BAR_MS) told(`/readyz was green again after ${greenMs.toFixed(0)} ms`);
  if (attempts.at(-1)?.status !== 200) told(`the last call was refused: ${attempts.at(-1)?.code}`);
  return { outage: outage.name, refused, done, waited, redMs, greenMs };
}

/** Calls one action after the other. */
async function work(app: App, { writer, attempts, signal }: { writer: number; attempts: Attempt[]; signal: AbortSignal }) {
  let noteId = crypto.randomUUID() as string;
  // each begins with a note of its own: what is not there yet would be refused for that
  for (let n = 0; !signal.aborted || n % 5 !== 1; n++) {
    const title = `note ${writer}/${n}`;
    const [action, input] = (
      [
        ['add-note', { title }],
        ['count-notes', {}],
        ['retitle', { noteId, title: `${title} again` }],
        ['make-key', {}],
        ['plan-reading', { noteId }],
      ] as const
    )[n % 5] ?? ['make-key', {}];
    const began = performance.now();
    const response = await app.fetch(
      new Request(`http://house.test/api/notes/${action}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
        body: JSON.stringify(input),
      }),
    );
    const body = (await response.json()) as { noteId?: string; code?: string };
    noteId = body.noteId ?? noteId;
    const { status } = response;
    await setTimeout(PAUSE_MS); // calls that are refused at once would leave no time for anything else
    attempts.push({ action, began, ended: performance.now(), status, code: body.code, noteId: body.noteId });
  }
}

/** Milliseconds until /readyz answers so; gives up late. */
async function until(app: App, status: number): Promise<number> {
  const began = performance.now();
  const most = 4 * RED_BAR_MS;
  while (performance.now() - began < most) {
    if ((await app.fetch(new Request('http://house.test/readyz'))).status === status) return performance.now() - began;
    await setTimeout(50);
  }
  return performance.now() - began;
}

/** Each note was acknowledged, or its answer was lost; each stands in the record once, and so does every change. */
async function checkBooks({ database }: House, attempts: readonly Attempt[], told: (sentence: string) => void): Promise<void> {
  const [books] = await database.owner((owner) =>
    owner.rows<{ notes: string; ids: string[]; unrecorded: string; unaudited: string }>(sql`
      select count(*) as notes, coalesce(array_agg(n.id::text), '{}') as ids,
        count(*) filter (where 1 <> (select count(*) from core.changes c join core.audit_entries e on e.call_id = c.call_id and e.outcome = 'succeeded'
          where c.table_name = 'notes' and c.operation = 'insert' and c.key = n.id::text)) as unrecorded,
        (select count(*) from core.changes c where c.schema_name = 'notes'
          and not exists (select from core.audit_entries e where e.call_id = c.call_id and e.outcome = 'succeeded')) as unaudited
      from notes.notes n`),
  );
  const ids = new Set(books?.ids);
  const acknowledged = attempts.flatMap(({ noteId }) => noteId ?? []);
  const lost = acknowledged.filter((id) => !ids.has(id)).length;
  const adding = attempts.filter(({ action, status }) => action === 'add-note' && status !== 200);
  const doubtful = adding.filter(({ code }) => code === 'core.timeout' || code === 'core.unavailable').length;
  if (lost > 0) told(`${lost} acknowledged notes are gone`);
  if (ids.size - acknowledged.length > doubtful) told(`${ids.size - acknowledged.length} notes were never acknowledged`);
  if (books?.unrecorded !== '0') told(`${books?.unrecorded} notes are not in the record once`);
  if (books?.unaudited !== '0') told(`${books?.unaudited} changes have no row of the record`);
}

function tableOf(outcomes: readonly Outcome[]): (string | number)[][] {
  const groups = Map.groupBy(outcomes, ({ place, outage }) => `${place}/${outage}`);
  return [...groups.values()].map((group) => {
    const [one] = group as [Outcome];
    const sum = (of: (outcome: Outcome) => number) => group.reduce((total, outcome) => total + of(outcome), 0);
    const most = (of: (outcome: Outcome) => number) => Math.max(...group.map(of)).toFixed(0);
    return [
      one.place,
      one.outage,
      sum(({ refused }) => refused),
      sum(({ done }) => done),
      sum(({ waited }) => waited),
      most(({ redMs }) => redMs),
      most(({ greenMs }) => greenMs),
    ];
  });
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .sort((first, second) => first.at - second.at)
    .map(({ one }) => one);
}

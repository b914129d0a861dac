// What finding works costs as a catalogue grows, beside bare statements, and whether the index finds what a scan would.
import { sql } from 'drizzle-orm';
import { vectorText } from '../../core/src/embeddings/columns.ts';
import { openEmbeddings } from '../../core/src/embeddings/open.ts';
import { type House, openHouse } from '../../core/src/house.ts';
import { localOperator } from '../../core/src/http/authenticate.ts';
import { type Caller, guest } from '../../core/src/kernel/call.ts';
import { readSettings } from '../../core/src/settings.ts';
import { assetsPlugin } from '../../plugins/assets/src/index.ts';
import { compare, type Result, type Rival } from './blocks.ts';
import { embedFirst, fillCatalogue } from './fill-catalogue.ts';
import { KEYWORDS, PARAPHRASES } from './made-texts.ts';
import { type Home, leftOut, onEachDatabase, type Place } from './places.ts';
import type { Report, Table } from './report.ts';

const SIZES = (process.env.BENCH_SIZES ?? '1000,3000,10000').split(',').map(Number);
const MOTIFS = Number(process.env.BENCH_MOTIFS ?? 400);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const BLOCK_MS = Number(process.env.BENCH_BLOCK_MS ?? 2_000);
const PAGE = 20;

const operator: Caller = { principal: localOperator, tainted: false };
const visitor: Caller = { principal: guest, tainted: false };

interface Asking {
  readonly name: string;
  readonly caller: Caller;
  readonly questions: readonly string[];
  readonly filters?: Readonly<Record<string, string>>;
}

const FEW = { type: 'document', brandId: 'vault', status: 'draft' };

const ASKINGS: readonly Asking[] = [
  { name: 'keyword', caller: operator, questions: KEYWORDS },
  { name: 'paraphrase', caller: operator, questions: PARAPHRASES },
  { name: 'paraphrase, type and brand', caller: operator, questions: PARAPHRASES, filters: { type: 'art', brandId: 'gallery' } },
  { name: 'paraphrase, few pass', caller: operator, questions: PARAPHRASES, filters: FEW },
  { name: 'paraphrase, as a guest', caller: visitor, questions: PARAPHRASES },
];

export async function run(): Promise<Report> {
  const embeddings = openEmbeddings({ kind: 'embedded' });
  const questions = [...KEYWORDS, ...PARAPHRASES];
  const asked = new Map<string, Float32Array>();
  for (const [at, vector] of (await embeddings.embed(questions)).entries()) asked.set(questions[at] ?? '', vector);
  const filling = { vectors: await embedFirst(embeddings, MOTIFS), model: embeddings.model };
  await embeddings.close();
  return {
    tables: await onEachDatabase((place) => benchSearch(place, filling, asked)),
    notes: [
      `Milliseconds, one caller, pages of ${PAGE}, through the kernel in process: rights, read-only transaction, embedding of the question, ranking, cards.`,
      `embedding: that of the question alone, which every search contains. The bare ones are one statement for ${PAGE} ids of all works; the question's vector is given.`,
      `The works have ${MOTIFS} motifs with embeddings of the real model; works of one motif have vectors near it, as those of a series do, which is hard for the index. A third of the works is a brand's; art is 40 %, four in a thousand pass where few do; a guest sees half.`,
      'recall@10: share of the first ten answers that are the same when the vector index is not used. short: pages with fewer works than there.',
      ...leftOut(),
    ],
  };
}

type Filling = Pick<Parameters<typeof fillCatalogue>[1], 'vectors' | 'model'>;

async function benchSearch(place: Place, filling: Filling, asked: ReadonlyMap<string, Float32Array>): Promise<Table[]> {
  const home = await place.newHome();
  const measured: Result[][] = [];
  const checks: (string | number)[][] = [];
  let from = 0;
  for (const size of SIZES) {
    const filled = await inHouse(home, async (house) => {
      const began = performance.now();
      await fillCatalogue(house, { from, to: size, ...filling });
      // a server does so by itself within a minute; the embedded database never does
      if (place.kind === 'Postgres') await house.database.owner((owner) => owner.script('analyze'));
      return (size - from) / ((performance.now() - began) / 1000);
    });
    from = size;
    const indexed = await inHouse(home, async (house) => {
      measured.push(await compare(rivalsOf(house, asked), { callers: 1, rounds: ROUNDS, blockMs: BLOCK_MS }));
      return answersOf(house);
    });
    const exact = await withoutVectorIndex(home, answersOf);
    checks.push([size, recall(indexed, exact).toFixed(3), shortPages(indexed, exact), indexed.length, filled.toFixed(0)]);
  }
  return [growthTable(`${place.kind}, search`, measured), checkTable(`${place.kind}, answers`, checks)];
}

async function inHouse<T>({ folder, databaseUrl }: Home, work: (house: House) => Promise<T>): Promise<T> {
  const env = { TROUPE_HOME: folder, LOG_LEVEL: 'error', ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}) };
  const house = await openHouse({ plugins: [assetsPlugin], surfaces: [] }, readSettings(env, folder));
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}

/** The same house with every index scan off: its nearest vectors are those of an exact scan. */
async function withoutVectorIndex<T>(home: Home, work: (house: House) => Promise<T>): Promise<T> {
  const alter = async (what: string) => {
    // the embedded database has one session, and takes no settings from its catalogue
    if (!home.databaseUrl) return;
    const script = `do $$ begin execute format('alter database %I ${what}', current_database()); end $$`;
    await inHouse(home, ({ database }) => database.owner((owner) => owner.script(script)));
  };
  await alter('set enable_indexscan = off');
  try {
    return await inHouse(home, async (house) => {
      if (!home.databaseUrl) await house.database.owner((owner) => owner.script('set enable_indexscan = off'));
      const [row] = await house.database.rows<{ is_on: string }>(sql`select current_setting('enable_indexscan') as is_on`);
      if (row?.is_on !== 'off') throw new Error('The answers would not be those of an exact scan.');
      return work(house);
    });
  } finally {
    await alter('reset enable_indexscan');
  }
}

function rivalsOf(house: House, asked: ReadonlyMap<string, Float32Array>): Rival[] {
  const inTurn = (name: string, questions: readonly string[], once: (question: string) => Promise<unknown>): Rival => {
    let turn = 0;
    return { name, once: () => once(questions[turn++ % questions.length] ?? '') };
  };
  const rows = (query: Parameters<House['database']['rows']>[0]) => house.database.rows(query);
  const vectorOf = (question: string) => vectorText(asked.get(question) ?? new Float32Array());
  const embeddings = openEmbeddings({ kind: 'embedded' });
  return [
    ...ASKINGS.map((asking) => inTurn(asking.name, asking.questions, (q) => search(house, asking, q))),
    inTurn('no question: the newest', [''], () => search(house, { caller: operator })),
    inTurn('embedding', PARAPHRASES, (q) => embeddings.embed([q])),
    inTurn('bare vector scan', PARAPHRASES, (q) =>
      // without the length in the type the index does not fit
      rows(sql`select asset_id from assets.embeddings order by vector <=> ${vectorOf(q)}::vector limit ${PAGE}`),
    ),
    inTurn('bare vector index', PARAPHRASES, (q) =>
      rows(sql`select asset_id from assets.embeddings where dimensions = 512
        order by vector::vector(512) <=> ${vectorOf(q)}::vector(512) limit ${PAGE}`),
    ),
    inTurn('bare words', KEYWORDS, (q) =>
      rows(sql`select id from assets.assets, plainto_tsquery('english', ${q}) query where words @@ query
        order by ts_rank(words, query) desc limit ${PAGE}`),
    ),
  ];
}

async function search(house: House, { caller, filters }: Pick<Asking, 'caller' | 'filters'>, q?: string): Promise<string[]> {
  const { output } = await house.kernel.execute({
    action: 'assets.search',
    input: { limit: PAGE, ...(q ? { q } : {}), ...filters },
    caller,
    surface: 'bench',
    requestId: crypto.randomUUID(),
  });
  return (output as { items: { id: string }[] }).items.map(({ id }) => id);
}

async function answersOf(house: House): Promise<string[][]> {
  const answers: string[][] = [];
  for (const asking of ASKINGS) for (const q of asking.questions) answers.push(await search(house, asking, q));
  return answers;
}

function recall(found: readonly string[][], exact: readonly string[][]): number {
  const shares = exact.flatMap((ids, at) => {
    const first = new Set(found[at]?.slice(0, 10));
    const wanted = ids.slice(0, 10);
    return wanted.length > 0 ? [wanted.filter((id) => first.has(id)).length / wanted.length] : [];
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function shortPages(found: readonly string[][], exact: readonly string[][]): number {
  return exact.filter((ids, at) => (found[at]?.length ?? 0) < ids.length).length;
}

function growthTable(title: string, measured: readonly (readonly Result[])[]): Table {
  const [smallest] = measured;
  const largest = measured.at(-1);
  return {
    title,
    columns: ['', ...SIZES.flatMap((size) => [`${size}: p50`, 'p95', 'p99']), 'growth of p50'],
    rows: (smallest ?? []).map(({ name, p50 }, at) => [
      name,
      ...measured.flatMap((results) => [results[at]?.p50, results[at]?.p95, results[at]?.p99].map((ms) => ms?.toFixed(1) ?? '')),
      `x ${((largest?.[at]?.p50 ?? Number.NaN) / p50).toFixed(1)}`,
    ]),
  };
}

function checkTable(title: string, rows: readonly (readonly (string | number)[])[]): Table {
  return { title, columns: ['works', 'recall@10', 'short', 'questions', 'filled works/s'], rows };
}

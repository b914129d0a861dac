// Finding rows by meaning and by words at once, under conditions. One ranking for whatever a plugin lets people look for.
import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Db } from '../context.ts';
import { rowsOf } from '../db/rows-of.ts';
import type { Embedding } from '../embeddings/embed-text.ts';

/** Where is looked: rows with one key, and their vectors beside them, one a model. */
export interface Searched {
  readonly table: PgTable;
  readonly id: PgColumn;
  /** The tsvector (English) of all that a row is found by, under a GIN index. */
  readonly words: PgColumn;
  /** The text in which a word that stands nowhere is looked for by its likeness: short, in lower case, as a trigram index has it. */
  readonly slips: SQL;
  /** Has the columns `model`, `dimensions` and `vector`, and an HNSW index of `vector::vector(n)` where `dimensions = n`. */
  readonly embeddings: PgTable;
  /** Its column that names the row. */
  readonly subject: PgColumn;
}

export interface Question {
  readonly words: readonly string[];
  readonly embedding: Embedding;
}

/** From where on a row is an answer: by the words that it shares with the question, or by its meaning. */
export interface Least {
  /** Of the question's words, by their weight; some at least. */
  readonly share: number;
  readonly cosine: number;
  /** How much less than the nearest row's cosine. */
  readonly withinBest: number;
}

export interface Ranking {
  readonly question: Question;
  /** What the caller may see; undefined: all. Words weigh by what is rare among these rows. */
  readonly visible: SQL | undefined;
  /** Which of them are wanted; undefined: all. */
  readonly matching?: SQL | undefined;
  /** Default: LEAST. */
  readonly least?: Least;
  /** One more is answered where there are more. */
  readonly limit: number;
  readonly offset?: number;
}

/** The different words of a question, at most 16, in lower case. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].slice(0, MOST_WORDS);
}

const MOST_WORDS = 16;
/** So many unknown words are looked for by their likeness, the longest: each is compared with many texts. */
const MOST_LIKENED = 4;
/** So few rows are compared one by one, so that the time tells nothing of rows that the caller may not see. */
const FEW = 300;
/** How much words weigh beside meaning: measured best on paraphrases and keywords alike. */
const WORDS_WEIGHT = 0.15;
/** What is further from the question, or so much further than the nearest row, is no answer. Measured with the embedded model. */
const LEAST: Least = { share: 0, cosine: 0.25, withinBest: 0.15 };
/** Share of three-letter pieces that a mistyped word has in common with the right one. */
const LEAST_LIKENESS = 0.35;
/** Nearest by meaning, and best by words, that are ranked together: a count stops at twice as many. */
const MOST_RANKED = 500;
/** Where no more rows than these pass the conditions, all of them are compared: the index would be gone through in vain for the few. */
const MOST_SCANNED = 5_000;

/**
 * Ids by `cosine + 0.15 × share`, where the share is that of the question's words found in the row, each word weighing its inverse
 * document frequency among the visible rows. A word is found by its stem; one that stands in none of these rows, by its likeness
 * to a word of `slips` (trigrams; the four longest such words). `total`: of all answers.
 */
export async function rank(db: Db, searched: Searched, ranking: Ranking): Promise<{ id: string; total: number }[]> {
  // the index is gone through until enough rows pass the conditions; compiling the statement would take longer than running it
  await db.execute(
    sql`select set_config('hnsw.iterative_scan', 'relaxed_order', true), set_config('hnsw.ef_search', '200', true),
      set_config('hnsw.scan_mem_multiplier', '8', true), set_config('jit', 'off', true),
      set_config('pg_trgm.strict_word_similarity_threshold', ${String(LEAST_LIKENESS)}, true)`,
  );
  return rowsOf(db, rankingOf(searched, ranking));
}

function rankingOf(
  { table, id, words, slips, embeddings, subject }: Searched,
  { question, visible = sql`true`, matching = sql`true`, least = LEAST, limit, offset = 0 }: Ranking,
): SQL {
  const { embedding } = question;
  const distance = distanceTo(embedding);
  const of = sql`embedding.${sql.identifier(subject.name)}`;
  const ofModel = sql`embedding.model = ${embedding.model} and embedding.dimensions = ${sql.raw(String(embedding.dimensions))}`;
  // each step is materialized: the embedded database keeps no statistics, and would compare every text where an index is there
  return sql`
    with asked as materialized (
      select word, stem from (
        select word, stem, numnode(stem) > 0 as tells, bool_or(numnode(stem) > 0) over () as any_tells
        from (select word, plainto_tsquery('english', word) as stem from jsonb_array_elements_text(${JSON.stringify(question.words)}::jsonb) word) one
      ) two where tells or not any_tells -- words like "the" count only where there are no others
    ), seen as materialized (
      select ${id} as id, ${matching} as wanted from ${table} where ${visible}
    ), counted as materialized (
      select count(*)::float8 as works, count(*) filter (where wanted) > ${MOST_SCANNED} as many, count(*) <= ${FEW} as few from seen
    ), hits as materialized (
      select word, ${id} as id from asked join ${table} on ${words} @@ stem
    ), weighed as materialized (
      select word, count(seen.id) = 0 as unknown, ln(1 + (select works from counted) / (1 + count(seen.id))) as weight
      from asked left join hits using (word) left join seen using (id) group by word
    ), likened as materialized (
      select word from weighed where unknown order by length(word) desc, word limit ${MOST_LIKENED}
    ), slips as materialized (
      select word, ${id} as id, strict_word_similarity(word, ${slips}) as found
      from likened join ${table} on not (select few from counted) and word <<% ${slips}
      union all
      select word, own.id, strict_word_similarity(word, own.text) as found from likened join (
        select ${id} as id, ${slips} as text from ${table} where (select few from counted) and ${id} in (select id from seen)
      ) own on word <<% own.text
    ), by_words as (
      select id, sum(weight * found) / (select sum(weight) from weighed) as share
      from (select word, id, 1.0::float8 as found from hits union all select word, id, found from slips) one
        join weighed using (word) join seen using (id)
      where wanted group by id order by share desc, id limit ${MOST_RANKED}
    ), by_meaning as (
      (select ${of} as id from ${embeddings} embedding join ${table} on ${id} = ${of}
        where (select many from counted) and ${ofModel} and ${visible} and ${matching}
        order by ${distance} limit ${MOST_RANKED})
      union all
      -- the vector without its length: no index fits, and all of them are compared; "is true" keeps this one look at each, and no join
      (select ${of} from ${embeddings} embedding
        where not (select many from counted) and ${ofModel} and (${of} in (select id from seen where wanted)) is true
        order by embedding.vector <=> ${embedding.vector}::vector limit ${MOST_RANKED})
    ), candidates as (
      select id from by_words union select id from by_meaning
    ), scored as (
      select candidates.id, coalesce(1 - (${distance}), 0) as cosine, coalesce(by_words.share, 0) as share,
        coalesce(max(1 - (${distance})) over (), 0) as best
      from candidates
      left join by_words on by_words.id = candidates.id
      left join ${embeddings} embedding on ${of} = candidates.id and embedding.model = ${embedding.model}
    )
    select id, count(*) over ()::int as total from scored
    where (share > 0 and share >= ${least.share}) or cosine >= greatest(${least.cosine}, best - ${least.withinBest})
    order by cosine + ${WORDS_WEIGHT} * share desc, id limit ${limit + 1} offset ${offset}`;
}

/** The index holds vectors by their length, so the length stands in the statement itself. */
function distanceTo({ dimensions, vector }: Embedding): SQL {
  const type = sql.raw(`vector(${dimensions})`);
  return sql`embedding.vector::${type} <=> ${vector}::${type}`;
}

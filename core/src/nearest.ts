// Which of some texts comes nearest to a sentence: by shared words, the rarer the weightier, and by shared runs of letters.
import type { RegisteredAction } from './kernel/registry.ts';

export interface Candidate<T> {
  readonly value: T;
  readonly text: string;
}

/** The part of the score that runs of three letters can give: they find plurals and slips of the pen. */
const LETTERS_WEIGHT = 0.4;
/** Fewer shared runs than this are chance: "find" and "finish" are no neighbours. */
const LEAST_LETTERS = 0.6;
/** What a word counts more where it stands just as it was said: "agents" comes nearer to a list of agents than to one. */
const EXACT_BONUS = 0.1;

const candidates = new WeakMap<RegisteredAction, Candidate<RegisteredAction>>();

/** What actions say of themselves: of each the same candidate again, so that its text is looked at once. */
export const candidatesOf = (actions: readonly RegisteredAction[]): Candidate<RegisteredAction>[] =>
  actions.map((value) => {
    const known = candidates.get(value);
    if (known) return known;
    const made = { value, text: `${value.action.name} ${value.action.title} ${value.action.description}` };
    candidates.set(value, made);
    return made;
  });

interface Features {
  readonly text: string;
  readonly words: ReadonlySet<string>;
  readonly runs: ReadonlySet<string>;
}

const features = new WeakMap<Candidate<unknown>, Features>();

function featuresOf(candidate: Candidate<unknown>): Features {
  const known = features.get(candidate);
  if (known) return known;
  const { text } = candidate;
  const made = { text: text.toLowerCase(), words: wordsOf(text), runs: runsOf(text) };
  features.set(candidate, made);
  return made;
}

const WORD = /[\p{L}\p{N}]{2,}/gu;

/** The candidates that share anything with the sentence, the nearest first; equals stay in the order given. */
export function nearest<T>(sentence: string, candidates: readonly Candidate<T>[]): { value: T; score: number }[] {
  const known = candidates.map((candidate) => ({ value: candidate.value, ...featuresOf(candidate) }));
  const said = new Map((sentence.toLowerCase().match(WORD) ?? []).toReversed().map((word) => [stem(word), word]));
  const weightOf = (word: string) => {
    const among = known.filter(({ words }) => words.has(word)).length;
    return Math.log(1 + known.length / (1 + among));
  };
  const asked = [...wordsOf(sentence)].map((word) => ({
    word,
    exact: new RegExp(`\\b${said.get(word)}\\b`, 'u'),
    runs: runsOf(word),
    weight: weightOf(word),
  }));
  const whole = asked.reduce((sum, { weight }) => sum + weight, 0) || 1;
  return known
    .map(({ value, text, words, runs }) => {
      const shared = asked.reduce((sum, { word, exact, runs: own, weight }) => {
        const letters = own.size === 0 ? 0 : [...own].filter((run) => runs.has(run)).length / own.size;
        return (
          sum +
          weight *
            (words.has(word) ? 1 + (exact.test(text) ? EXACT_BONUS : 0) : letters < LEAST_LETTERS ? 0 : LETTERS_WEIGHT * letters)
        );
      }, 0);
      return { value, score: shared / whole };
    })
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score);
}

const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about all an and any are as at be by can could do does for from get give has have how i in is it its let like me my need of on or
  our please see show so some tell that the their them there they this to us want was we what when where which who will with would
  you your`.split(/\s+/),
);

function wordsOf(text: string): ReadonlySet<string> {
  const words = text.toLowerCase().match(WORD) ?? [];
  return new Set(words.map(stem).filter((word) => !STOP_WORDS.has(word)));
}

const stem = (word: string): string => (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word);

function runsOf(text: string): ReadonlySet<string> {
  const letters = text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ');
  return new Set(
    Array.from({ length: Math.max(0, letters.length - 2) }, (_, at) => letters.slice(at, at + 3)).filter(
      (run) => !run.includes(' '),
    ),
  );
}

/** At most three names that were perhaps meant by this word: a slip or two away, or more like it than not. */
export function similar(word: string, names: readonly string[]): string[] {
  const slips = names
    .map((name) => ({ name, slips: slipsBetween(word.toLowerCase(), name.toLowerCase()) }))
    .filter((one) => one.slips <= MOST_SLIPS)
    .sort((one, other) => one.slips - other.slips)
    .map(({ name }) => name);
  const like = nearest(
    word,
    names.map((name) => ({ value: name, text: name })),
  ).flatMap(({ value, score }) => (score > LEAST_LIKENESS ? [value] : []));
  return [...new Set([...slips, ...like])].slice(0, 3);
}

const MOST_SLIPS = 2;
const LEAST_LIKENESS = 0.35;

/** Levenshtein's distance: letters to change, add or leave out. */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let from = 1; from <= one.length; from += 1) {
    const next = [from];
    for (let to = 1; to <= other.length; to += 1) {
      const change = (row[to - 1] ?? 0) + (one[from - 1] === other[to - 1] ? 0 : 1);
      next[to] = Math.min(change, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

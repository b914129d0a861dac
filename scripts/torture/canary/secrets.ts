// What was planted, and what of it stands in what came out.
import { hexOf } from '../random.ts';
import { type Form, formsOf } from './forms.ts';
import { createSearch } from './search.ts';

export interface Output {
  /** What sort of output it is: `log`, `answer`, `column` and the like. */
  readonly kind: string;
  /** Which one: an address, a table and a column. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Hit {
  readonly secret: string;
  readonly form: string;
  readonly kind: string;
  readonly name: string;
  /** What stands before it, for whoever has to find the place. */
  readonly before: string;
}

export interface Secrets {
  /** A text that is nobody else's, as a secret; or one that the house has made. Answers it. */
  plant(name: string, value?: string): string;
  readonly planted: ReadonlyMap<string, readonly string[]>;
  /** A harmless text, which must be found in every kind of output. */
  readonly mark: string;
  /** Every secret in every output, and which kinds of output hold the mark. */
  look(outputs: Iterable<Output>): { hits: Hit[]; marked: ReadonlySet<string>; bytes: number };
}

const SHOWN_BEFORE = 60;
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const MARK_FORM = 'the mark';

export function createSecrets(random: () => number): Secrets {
  const planted = new Map<string, string[]>();
  const made = (length: number) => Array.from({ length }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
  const mark = hexOf(random, 32);

  return {
    planted,
    mark,
    plant(name, value = made(28)) {
      if (value.length < 12) throw new Error(`"${name}" is too short to be looked for: nothing was handed out`);
      planted.set(name, [...new Set([...(planted.get(name) ?? []), value])]);
      return value;
    },
    look(outputs) {
      const needles = [...planted].flatMap(([secret, values]) =>
        values.flatMap((value) => formsOf(value).map((form: Form) => ({ secret, form: form.name, text: form.text }))),
      );
      const search = createSearch([...needles, { secret: '', form: MARK_FORM, text: mark }]);
      const [hits, marked] = [[] as Hit[], new Set<string>()];
      let looked = 0;
      for (const { kind, name, bytes } of outputs) {
        looked += bytes.length;
        for (const [{ secret, form }, at] of search(bytes)) {
          const before = Buffer.from(bytes.subarray(Math.max(0, at - SHOWN_BEFORE), at)).toString('latin1');
          if (form === MARK_FORM) marked.add(kind);
          else hits.push({ secret, form, kind, name, before });
        }
      }
      return {
        hits: [...new Map(hits.map((hit) => [JSON.stringify([hit.secret, hit.form, hit.kind, hit.name]), hit])).values()],
        marked,
        bytes: looked,
      };
    },
  };
}

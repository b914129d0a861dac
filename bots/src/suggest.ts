// Without a model a sentence cannot be understood; the commands that come nearest to it can be shown.
import { type Caller, candidatesOf, type Kernel, nearest, type RegisteredAction } from '@troupe-os/core/surface';
import { usageOf } from './help.ts';

export interface Suggestion {
  readonly command: string;
  readonly title: string;
  readonly action: string;
}

const MOST = 5;
/** Below this part of the sentence's weight a command has nothing to do with it. */
const LEAST_SCORE = 0.12;

/** A sentence that does not name what it wants done asks to be shown something, and nobody wants to be led to erasing. */
function weightOf({ name, effect, consequential }: RegisteredAction['action'], words: ReadonlySet<string>): number {
  const [, verb = ''] = /\.([a-z]+)/.exec(name) ?? [];
  if (effect === 'read' || words.has(verb)) return 1;
  return consequential ? 0.5 : 0.75;
}

/** The nearest commands that this caller may use, with what they need. */
export async function suggest(kernel: Kernel, caller: Caller, sentence: string): Promise<Suggestion[]> {
  const open = await kernel.actionsFor(caller);
  const words = new Set(sentence.toLowerCase().match(/\p{L}+/gu));
  return nearest(sentence, candidatesOf(open))
    .filter(({ score }) => score >= LEAST_SCORE)
    .map((one) => ({ ...one, score: one.score * weightOf(one.value.action, words) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST)
    .map(({ value: { action } }) => ({ command: usageOf(action), title: action.title, action: action.name }));
}

/** `reason`: why nobody answers, e.g. that no model is set. */
export function suggestionText(reason: string, suggestions: readonly Suggestion[]): string {
  if (suggestions.length === 0) return `${reason} No command comes near it; \`/help\` lists them all.`;
  const lines = suggestions.map(({ command, title }) => `- \`${command}\` ${title}`);
  return `${reason} These commands come nearest. They are suggestions, and nothing was done:\n\n${lines.join('\n')}`;
}

// A typed command as words: quotation marks keep blanks together, and JSON after `=` is one word as it is.
import { chatErrors } from './errors.ts';

export interface CommandLine {
  readonly plugin: string;
  /** `verb-noun`; undefined after the plugin's name alone. */
  readonly verb: string | undefined;
  readonly pairs: readonly string[];
  readonly flags: ReadonlySet<string>;
}

/** Reads `/plugin verb-noun key=value … --flag`; `/plugin.verb-noun` is the same. Errors: chat.unclosed. */
export function parseLine(text: string): CommandLine {
  const [head = '', ...rest] = splitWords(text.trim().replace(/^\//, ''));
  const [plugin = '', dotted] = head.split('.', 2);
  const words = dotted === undefined ? rest : [dotted, ...rest];
  const flags = new Set(words.filter((word) => word.startsWith('--')));
  const [verb, ...pairs] = words.filter((word) => !word.startsWith('--'));
  return { plugin, verb, pairs, flags };
}

/** Errors: chat.unclosed. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const [word, end] = readWord(text, at);
    words.push(word);
    at = end;
  }
  return words;
}

function readWord(text: string, start: number): [string, number] {
  let word = '';
  let at = start;
  while (at < text.length && !/\s/.test(text.charAt(at))) {
    const character = text.charAt(at);
    const opens = at === start || (text.charAt(at - 1) === '=' && !word.slice(0, -1).includes('='));
    if (opens && (character === '"' || character === "'")) {
      const [inside, end] = readQuoted(text, at);
      word += inside;
      at = end;
    } else if (opens && (character === '[' || character === '{')) {
      const end = endOfJson(text, at);
      word += text.slice(at, end);
      at = end;
    } else {
      word += character;
      at += 1;
    }
  }
  return [word, at];
}

function readQuoted(text: string, start: number): [string, number] {
  const mark = text.charAt(start);
  let inside = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === mark) return [inside, at + 1];
    const escaped = character === '\\' && (text.charAt(at + 1) === mark || text.charAt(at + 1) === '\\');
    if (escaped) at += 1;
    inside += text.charAt(at);
  }
  throw chatErrors.unclosed();
}

function endOfJson(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw chatErrors.unclosed();
}

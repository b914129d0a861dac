// The log: one line an entry, whatever is in it, on standard error; JSON for machines, words for a terminal.
import type { Log } from '../context.ts';
import { loggable, loggableText } from './loggable.ts';

const ranks = { debug: 10, info: 20, warn: 30, error: 40, silent: 100 } as const;
/** Control characters that JSON leaves as they are, and the two line ends of Unicode: a terminal or a reader by lines would act on them. */
const actingCharacters = /[\u007f-\u009f\u2028\u2029]/g;

export type LogLevel = keyof typeof ranks;

export interface Logger extends Log {
  /** A log whose entries all carry these fields too: `log.child({ requestId, traceId })`. */
  child(fields: Record<string, unknown>): Logger;
}

export interface LogOptions {
  /** The least that is written. */
  readonly level: LogLevel;
  /** Takes each line, its end included. Default: standard error. */
  readonly write?: (line: string) => void;
  /** Default: `line` where standard error is a terminal and nobody else takes the lines, else `json`. */
  readonly format?: 'json' | 'line';
  /** Fields of the moment, such as the current trace id; asked for at each entry that is written. */
  readonly moment?: () => Record<string, unknown>;
}

/**
 * Secrets go by their names, credentials in text by their looks (see loggable.ts). A field cannot replace `time`, `level` or `message`.
 *
 * @example
 * const log = createLog({ level: 'info' }).child({ requestId });
 * log.warn('A job was given up.', { job: 'assets.import', error });
 */
export function createLog(options: LogOptions): Logger {
  const { write = (line: string) => void process.stderr.write(line), moment = () => ({}) } = options;
  const lined = options.format ? options.format === 'line' : options.write === undefined && process.stderr.isTTY;
  const form = lined ? lineOf : jsonOf;
  return withFields({});

  function withFields(inherited: Record<string, unknown>): Logger {
    const entry = (level: keyof Log) => (message: string, fields?: Record<string, unknown>) => {
      if (ranks[level] < ranks[options.level]) return;
      const copied = loggable({ ...moment(), ...inherited, ...fields }) as Record<string, unknown>;
      write(`${safe(form(level, loggableText(message), copied))}\n`);
    };
    return Object.freeze({
      debug: entry('debug'),
      info: entry('info'),
      warn: entry('warn'),
      error: entry('error'),
      child: (fields: Record<string, unknown>) => withFields({ ...inherited, ...fields }),
    });
  }
}

function jsonOf(level: string, message: string, fields: Record<string, unknown>): string {
  const own = { time: new Date().toISOString(), level, message };
  const others = Object.entries(fields).map(([key, value]) => [Object.hasOwn(own, key) ? `${key}_` : key, value]);
  return JSON.stringify({ ...own, ...Object.fromEntries(others) });
}

/** `18:00:02 WARN  A job was given up.  job=assets.import error="Error: no space < at write (disk.ts:7:3)"` */
function lineOf(level: string, message: string, fields: Record<string, unknown>): string {
  const time = new Date().toTimeString().slice(0, 8);
  const words = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${quoteless(key)}=${wordOf(value)}`],
  );
  return [`${time} ${level.toUpperCase().padEnd(5)} ${quoteless(message)}`, words.join(' ')]
    .filter((part) => part !== '')
    .join('  ');
}

function wordOf(value: unknown): string {
  if (isFailure(value)) return JSON.stringify(storyOf(value));
  if (typeof value === 'string' && /^[^\s"=\\]+$/.test(value)) return quoteless(value);
  return JSON.stringify(value);
}

interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: readonly string[];
  readonly cause?: unknown;
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'stack' in value && Array.isArray(value.stack) && 'message' in value;
}

/** What went wrong, where, and why. */
function storyOf({ name, message, stack, cause }: Failure): string {
  const why = isFailure(cause) ? ` < because of ${storyOf(cause)}` : '';
  return [`${name}: ${message}`, ...stack.slice(0, 4)].join(' < ') + why;
}

/** Escaped as JSON escapes it, without the quotes around and inside. */
const quoteless = (text: string): string => JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');

const safe = (line: string): string =>
  line.replace(actingCharacters, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

// A file of quotes, CSV or JSON: each line is taken or named with what is wrong about it, and nothing is guessed.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { QUOTE_KINDS } from './contract.ts';
import { parseCsv } from './csv.ts';
import { marketdataErrors } from './errors.ts';
import { assetName, unitCode } from './fields.ts';
import type { Fault, NewQuote } from './source.ts';

export const MOST_BYTES = 5 * 1024 * 1024;
const MOST_LINES = 20_000;
const NEEDED = ['asset', 'kind', 'amount', 'unit', 'at'] as const;
const COLUMNS: readonly string[] = [...NEEDED, 'reference', 'title'];
const EARLIEST = new Date('1900-01-01T00:00:00Z');

const oneLine = z
  .string()
  .max(200)
  .regex(/^(?=.*\S)[^\p{Cc}\p{Cs}]+$/u);

/** In the order in which faults are named: the first one of a line is told. */
const RULES = {
  asset: assetName,
  kind: z.enum(QUOTE_KINDS),
  amount: z.string().regex(/^[1-9]\d{0,29}$/),
  unit: unitCode,
  at: z.iso.datetime({ offset: true }),
  reference: oneLine.optional(),
  title: oneLine.optional(),
} as const;

type Line = { readonly line: number; readonly given: Readonly<Record<string, unknown>> } | Fault;

/** Errors, of the file as a whole: marketdata.not_text, bad_header, bad_json, file_too_large. */
export function parseQuotes(bytes: Uint8Array, now: Date): { quotes: NewQuote[]; faults: Fault[] } {
  if (bytes.length > MOST_BYTES) throw marketdataErrors.file_too_large();
  const text = textOf(bytes);
  const lines = /^\s*[[{]/.test(text) ? linesOfJson(text) : linesOfCsv(text);
  if (lines.length > MOST_LINES) throw marketdataErrors.file_too_large();
  const read = lines.map((line) => ('reason' in line ? line : toQuote(line.line, line.given, now)));
  return {
    quotes: read.filter((one): one is NewQuote => !('reason' in one)),
    faults: read.filter((one): one is Fault => 'reason' in one),
  };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes); // takes a mark of byte order away
  } catch (cause) {
    throw marketdataErrors.not_text(undefined, cause);
  }
}

function linesOfCsv(text: string): Line[] {
  const [header, ...rows] = parseCsv(text, MOST_LINES + 1);
  const names = header && 'fields' in header ? header.fields : [];
  const isWhole = NEEDED.every((name) => names.includes(name)) && names.every((name) => COLUMNS.includes(name));
  if (!isWhole || new Set(names).size < names.length) throw marketdataErrors.bad_header();
  return rows.map((row) => {
    if ('fault' in row) return { line: row.line, reason: row.fault };
    if (row.fields.length !== names.length) return { line: row.line, reason: 'wrong_columns' };
    const given = names
      .map((name, at) => [name, row.fields[at]] as const)
      .filter(([name, value]) => value !== '' || isNeeded(name));
    return { line: row.line, given: Object.fromEntries(given) };
  });
}

const isNeeded = (name: string): boolean => NEEDED.some((needed) => needed === name);

function linesOfJson(text: string): Line[] {
  const list: unknown = parsed(text);
  if (!Array.isArray(list)) throw marketdataErrors.bad_json();
  if (list.length > MOST_LINES) throw marketdataErrors.file_too_large();
  return list.map((one: unknown, at): Line => {
    const line = at + 1;
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return { line, reason: 'not_an_object' };
    if (Object.keys(one).some((name) => !COLUMNS.includes(name))) return { line, reason: 'unknown_field' };
    return { line, given: one as Record<string, unknown> };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw marketdataErrors.bad_json(undefined, cause);
  }
}

function toQuote(line: number, given: Readonly<Record<string, unknown>>, now: Date): NewQuote | Fault {
  for (const [name, rule] of Object.entries(RULES)) {
    if (!rule.safeParse(given[name]).success) return { line, reason: `bad_${name === 'at' ? 'time' : name}` };
  }
  const said = given as unknown as Given; // by the rules
  const at = new Date(said.at);
  if (at < EARLIEST) return { line, reason: 'bad_time' };
  if (at > now) return { line, reason: 'in_future' };
  const { asset, kind, amount, unit, title } = said;
  const reference = said.reference ?? `line ${hashOf([asset, kind, amount, unit, at.toISOString()])}`;
  return { line, reference, asset, kind, amount: BigInt(amount), unit, at, ...(title === undefined ? {} : { title }) };
}

interface Given {
  readonly asset: string;
  readonly kind: NewQuote['kind'];
  readonly amount: string;
  readonly unit: string;
  readonly at: string;
  readonly reference?: string;
  readonly title?: string;
}

/** A line that names itself by nothing is what it says: said twice it is one. */
const hashOf = (parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

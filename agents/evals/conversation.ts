// Recorded conversations: what a person says, and what a scripted model answers to it. Another model is told no more than what the person says.
import type { Scorer } from '../src/scorer.ts';

/** What an action answered in this turn, in wire form; of lists, the rows. */
export interface Answered {
  readonly items?: readonly Row[];
  readonly [field: string]: unknown;
}
export type Row = Readonly<Record<string, string>>;

/** What the scripted model does: it uses tools, or says something and is done. */
export type Reply = { readonly use: readonly (readonly [action: string, input: object])[] } | { readonly say: string };

/** One answer of the scripted model. It is given what the tools have answered since the person spoke, in the order in which they were used. */
export type Step = (answers: readonly Answered[]) => Reply;

export interface Conversation {
  readonly agent: string;
  readonly name: string;
  /** The role of the person who speaks, on the company. */
  readonly person: 'admin' | 'editor' | 'viewer';
  readonly turns: readonly { readonly says: string; readonly script: readonly Step[] }[];
  /** Beside those of the agent. */
  readonly scorers: readonly Scorer[];
}

export const use =
  (...tools: readonly (readonly [string, object])[]): Step =>
  () => ({ use: tools });
export const say =
  (text: string): Step =>
  () => ({ say: text });

/** Of the rows of an answer, the first whose title is this one. */
export const titled = ({ items = [] }: Answered = {}, title: string): Row => items.find((row) => row.title === title) ?? {};

/** 1250 as 12.50. */
export const inDecimals = (minor = ''): string => minor.replace(/^(-?)(\d{1,2})$/, '$100$2').replace(/(\d\d)$/, '.$1');

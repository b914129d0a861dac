// How pg's texts become values: the form of `Rows`, and the one that drizzle decodes itself.
import type { CustomTypesConfig } from 'pg';
import { parse } from 'postgres-array';
import { type Statement, TIMESTAMPTZ } from './statement.ts';

type Parse = (text: string) => unknown;

const asIs: Parse = (text) => text;

/** By type, as Postgres numbers its own; every other one stays text. */
const VALUES: Readonly<Record<number, Parse>> = {
  16: (text) => text === 't', // boolean
  17: (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')), // bytea
  21: Number, // int2
  23: Number, // int4
  26: Number, // oid
  114: JSON.parse, // json
  700: Number, // float4
  701: Number, // float8
  3802: JSON.parse, // jsonb
};

/** Types of elements by those of their arrays: what `Rows` says are arrays, and texts. */
const ELEMENTS: Readonly<Record<number, number>> = {
  1000: 16, // boolean
  1001: 17, // bytea
  1003: 19, // name
  1016: 20, // int8
  1005: 21, // int2
  1007: 23, // int4
  1009: 25, // text
  1028: 26, // oid
  199: 114, // json
  1021: 700, // float4
  1022: 701, // float8
  1014: 1042, // char
  1015: 1043, // varchar
  2951: 2950, // uuid
  3807: 3802, // jsonb
};

const ARRAYS = Object.entries(ELEMENTS).map(([array, element]): [string, Parse] => {
  const parseElement = VALUES[element] ?? asIs;
  return [array, (text) => parse(text, parseElement)];
});
const ALL: Readonly<Record<number, Parse>> = { ...VALUES, ...Object.fromEntries(ARRAYS) };

const FORMS: Readonly<Record<Statement['form'], CustomTypesConfig>> = {
  arrays: { getTypeParser: (type: number) => ALL[type] ?? asIs },
  objects: { getTypeParser: (type: number) => (type === TIMESTAMPTZ ? toDate : (ALL[type] ?? asIs)) },
};

export const parsersOf = (form: Statement['form']): CustomTypesConfig => FORMS[form];

function toDate(text: string): Date {
  return new Date(text);
}

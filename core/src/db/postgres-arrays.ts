// Arrays as postgres.js reads and writes them. By itself it asks each new connection which array types there are, and nobody awaits
// that: a connection that ends meanwhile would end the process by an unhandled rejection.
import type postgres from 'postgres';

/** Array types by their elements', both as Postgres numbers its own: what `Rows` says are arrays, and texts. */
const ARRAYS: Readonly<Record<number, number>> = {
  16: 1000, // boolean
  17: 1001, // bytea
  19: 1003, // name
  20: 1016, // int8
  21: 1005, // int2
  23: 1007, // int4
  25: 1009, // text
  26: 1028, // oid
  114: 199, // json
  700: 1021, // float4
  701: 1022, // float8
  1042: 1014, // char
  1043: 1015, // varchar
  2950: 2951, // uuid
  3802: 3807, // jsonb
};

/** Once the parsers and serializers of the elements are set. */
export function addArrays({ parsers, serializers }: Pick<postgres.ParsedOptions, 'parsers' | 'serializers'>): void {
  for (const [element, array] of Object.entries(ARRAYS)) {
    const { [Number(element)]: parse = String } = parsers;
    const { [Number(element)]: serialize = String } = serializers;
    parsers[array] = (text: string) => parseArray(text, parse);
    serializers[array] = (value: unknown) =>
      Array.isArray(value) ? formatArray(value, serialize as (item: unknown) => string) : value;
  }
}

const TOKEN = /[{}]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gs;

/** https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO */
function parseArray(text: string, parse: (text: string) => unknown): unknown {
  const whole: unknown[] = [];
  const open = [whole];
  for (const [token, quoted] of text.slice(text.indexOf('{')).matchAll(TOKEN)) {
    if (token === '}') {
      open.pop();
    } else if (token === '{') {
      const inner: unknown[] = [];
      open.at(-1)?.push(inner);
      open.push(inner);
    } else if (quoted !== undefined) open.at(-1)?.push(parse(quoted.replace(/\\(.)/gs, '$1')));
    else open.at(-1)?.push(token === 'NULL' ? null : parse(token));
  }
  return whole[0];
}

function formatArray(list: readonly unknown[], serialize: (item: unknown) => string): string {
  const items = list.map((item) => {
    if (Array.isArray(item)) return formatArray(item, serialize);
    return item === null || item === undefined ? 'null' : `"${serialize(item).replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}

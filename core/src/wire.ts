// Values whose form on the wire differs from their form in code, and the two types that the kernel itself must recognise.
import { z } from 'zod';

/** A sum of money in minor units: bigint in code, a decimal string on the wire, at most 78 digits. Its unit always stands beside it. */
export const amount = z
  .codec(
    z.string().regex(/^-?(0|[1-9]\d{0,77})$/, 'An amount is a whole number of minor units, written as a string.'),
    z.bigint(),
    {
      decode: (text) => BigInt(text),
      encode: (value) => value.toString(),
    },
  )
  .describe('Minor units as a string, e.g. "1250" for 12.50 in a unit of two decimals.');

const EARLIEST = new Date('0001-01-01T00:00:00Z');
const LATEST = new Date('9999-12-31T23:59:59.999Z');

/** A moment: Date in code, ISO 8601 with a zone on the wire. In UTC its year is 1 to 9999: of others a database reads another text. */
export const moment = z
  .codec(z.iso.datetime({ offset: true }), z.date().min(EARLIEST).max(LATEST), {
    decode: (text) => new Date(text),
    encode: (value) => value.toISOString(),
  })
  .describe('A moment, ISO 8601, e.g. "2026-11-22T18:00:00Z".');

const secrets = new WeakSet<z.ZodType>();
const files = new WeakSet<z.ZodType>();

/** A value that is shown or taken once and never stored: no audit row, preview, log or stored answer holds it. */
export function secret(rule: z.ZodString = z.string().min(1)): z.ZodString {
  const schema = rule.meta({ format: 'password', writeOnly: true });
  secrets.add(schema);
  return schema;
}

// `.describe()` and the like make another schema, which keeps the metadata only
export const isSecret = (schema: z.ZodType): boolean => secrets.has(schema) || schema.meta()?.format === 'password';

/** The id of an uploaded file in quarantine. Surfaces take bytes and hand in the id; a path is taken from the local operator only. */
export function file(): z.ZodString {
  const schema = z.string().min(1).max(4096).meta({ format: 'troupe-file', description: 'An uploaded file.' });
  files.add(schema);
  return schema;
}

export const isFile = (schema: z.ZodType): boolean => files.has(schema) || schema.meta()?.format === 'troupe-file';

const downloads = new WeakSet<z.ZodType>();

/** Bytes as an answer: REST streams them with ranges, other surfaces say where to fetch them. `objectKey` never leaves the server. */
export function download() {
  const schema = z.strictObject({
    objectKey: z.string(),
    fileName: z.string(),
    contentType: z.string(),
    size: z.int().nonnegative(),
  });
  downloads.add(schema);
  return schema;
}

export const isDownload = (schema: z.ZodType): boolean => downloads.has(schema);

const jsonSchemas = new WeakMap<z.ZodType, Record<string, unknown>>();

/** The JSON Schema (2020-12) of what stands on the wire, the same for every surface. */
export function wireSchema(schema: z.ZodType): Record<string, unknown> {
  const known = jsonSchemas.get(schema);
  if (known) return known;
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io: 'input' });
  jsonSchemas.set(schema, made);
  return made;
}

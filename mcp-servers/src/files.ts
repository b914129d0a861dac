// Inputs of type file: MCP carries no bytes, so what is taken is the id of an upload.
import { coreErrors } from '@troupe-os/core';

export type JsonSchema = Readonly<Record<string, unknown>>;

const FILE_FORMAT = 'troupe-file';

/** The schema, with each file described as an id and the address that answers one. */
export function describeFiles(schema: JsonSchema, uploadUrl: string): JsonSchema {
  if (schema.format === FILE_FORMAT) {
    return {
      type: 'string',
      pattern: '^upload:',
      description: `An uploaded file: the id "upload:…" that POST ${uploadUrl} answers as "file" when it is sent the bytes. A path is not taken here.`,
    };
  }
  return mapParts(schema, (part) => describeFiles(part, uploadUrl));
}

/** A path on the server's disk is never taken here, not from the local operator either. Errors: core.path_not_allowed. */
export function assertUploads(schema: JsonSchema, value: unknown): void {
  if (schema.format === FILE_FORMAT && typeof value === 'string' && !value.startsWith('upload:'))
    throw coreErrors.path_not_allowed();
  for (const [name, part] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
    if (typeof value === 'object' && value !== null) assertUploads(part, (value as Record<string, unknown>)[name]);
  }
  if (Array.isArray(value)) for (const item of value) assertUploads((schema.items ?? {}) as JsonSchema, item);
  for (const part of (schema.anyOf ?? []) as JsonSchema[]) assertUploads(part, value);
}

function mapParts(value: JsonSchema, map: (part: JsonSchema) => JsonSchema): JsonSchema {
  const mapValue = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(mapValue);
    return typeof one === 'object' && one !== null ? map(one as JsonSchema) : one;
  };
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapValue(one)]));
}

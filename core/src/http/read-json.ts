import { coreErrors } from '../errors.ts';

const MOST_JSON_BYTES = 1_048_576;

/** The body as JSON, counted while it is read; an empty one is `{}`. Errors: core.body_too_large, core.invalid_json. */
export async function readJson(request: Request, mostBytes = MOST_JSON_BYTES): Promise<unknown> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw coreErrors.body_too_large({ mostBytes });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw coreErrors.body_too_large({ mostBytes });
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw coreErrors.invalid_json(undefined, cause);
  }
}

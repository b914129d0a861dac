import { coreErrors } from '../errors.ts';

const MOST_JSON_BYTES = 1_048_576;
/** Deeper than anything that an action takes; what goes through values part by part must not run out of stack. */
const MOST_JSON_DEPTH = 100;

/** The body as JSON, counted while it is read; an empty one is `{}`. Errors: core.body_too_large, core.invalid_json. */
export async function readJson(request: Request, mostBytes = MOST_JSON_BYTES): Promise<unknown> {
  const text = await readText(request, mostBytes);
  return text === '' ? {} : parseJson(text);
}

/** The body as text in UTF-8, counted while it is read. Errors: core.body_too_large. */
export async function readText(request: Request, mostBytes: number): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw coreErrors.body_too_large({ mostBytes });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw coreErrors.body_too_large({ mostBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Errors: core.invalid_json, also for what is nested deeper than 100 levels. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw coreErrors.invalid_json({ mostDepth: MOST_JSON_DEPTH });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw coreErrors.invalid_json(undefined, cause);
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inText && character === '\\') at++;
    else if (character === '"') inText = !inText;
    else if (inText) continue;
    else if (character === '{' || character === '[') {
      if (++depth > MOST_JSON_DEPTH) return true;
    } else if (character === '}' || character === ']') depth--;
  }
  return false;
}

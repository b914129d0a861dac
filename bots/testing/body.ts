import type { IncomingMessage } from 'node:http';

export interface SentFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What was sent: JSON, or a form with files (RFC 7578), whose field `payload_json` is JSON too. */
export async function readBody(request: IncomingMessage): Promise<{ fields: Record<string, unknown>; files: SentFile[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { fields: JSON.parse(bytes.toString() || '{}'), files: [] };
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const fields: Record<string, unknown> = {};
  const files: SentFile[] = [];
  for (const [key, value] of form) {
    if (typeof value !== 'string') files.push({ name: value.name, bytes: Buffer.from(await value.arrayBuffer()) });
    else if (key === 'payload_json') Object.assign(fields, JSON.parse(value));
    else fields[key] = value;
  }
  return { fields, files };
}

// Outputs of type download: MCP says where REST streams the bytes.
import type { RegisteredAction } from '@troupe-os/core/surface';

/** What an action of such an output answers; the key of the object goes no further. */
export interface Download {
  readonly fileName: string;
  readonly contentType: string;
  readonly size: number;
}

export interface DownloadLink extends Download {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly body?: unknown;
}

/** The output schema of such an action's tool. */
export const LINK_SCHEMA = {
  type: 'object',
  properties: {
    url: { type: 'string', description: 'Where the bytes are, for whoever sends the same token.' },
    method: { enum: ['GET', 'POST'] },
    body: { type: 'object', description: 'What to POST, as JSON.' },
    fileName: { type: 'string' },
    contentType: { type: 'string' },
    size: { type: 'integer', description: 'Bytes.' },
  },
  required: ['url', 'method', 'fileName', 'contentType', 'size'],
  additionalProperties: false,
};

/** Under the action's friendly address where it has one and the input fills it, else for the same input posted. */
export function downloadLink(
  { name, http, effect }: RegisteredAction['action'],
  input: Readonly<Record<string, unknown>>,
  { fileName, contentType, size }: Download,
  publicUrl: string,
): DownloadLink {
  const template = effect === 'read' ? http?.slice('GET '.length) : undefined;
  const inPath = [...(template ?? '').matchAll(/\{(\w+)\}/g)].map(([, variable = '']) => variable);
  if (template === undefined || inPath.some((variable) => input[variable] === undefined)) {
    const url = `${publicUrl}/api/${name.replace('.', '/')}`;
    return { url, method: 'POST', body: input, fileName, contentType, size };
  }
  const url = new URL(
    `${publicUrl}/api${template.replaceAll(/\{(\w+)\}/g, (_, variable) => encodeURIComponent(String(input[variable])))}`,
  );
  for (const [variable, value] of Object.entries(input))
    if (!inPath.includes(variable)) url.searchParams.set(variable, String(value));
  return { url: url.href, method: 'GET', fileName, contentType, size };
}

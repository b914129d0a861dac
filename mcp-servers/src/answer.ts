// What a client reads: always a text, and the same as data.
import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/server';
import { coreErrors, type Need, type TroupeError } from '@troupe-os/core';
import {
  type Answer,
  errorBody,
  isDownload,
  type PreviewedChange,
  type RegisteredAction,
  type SurfaceHost,
} from '@troupe-os/core/surface';
import { type DownloadLink, downloadLink } from './download-link.ts';
import { type OpenedDownload, shownOf } from './shown.ts';

type Action = RegisteredAction['action'];

/** The answer of an action. */
export async function answerResult(
  action: Action,
  input: Readonly<Record<string, unknown>>,
  answer: Answer,
  { publicUrl, kernel }: Pick<SurfaceHost, 'publicUrl' | 'kernel'>,
): Promise<CallToolResult> {
  const download = isDownload(action.output) ? (answer.output as OpenedDownload) : undefined;
  const link = download && downloadLink(action, input, download, publicUrl);
  // what a dry run would store is not there
  const shown = link && !answer.changes ? await shownOf(kernel, link.url, download) : [];
  const output = asObject(link ?? answer.output);
  const call = { ...(answer.replayed ? { replayed: true } : {}), ...(answer.changes ? { dryRun: true } : {}) };
  return {
    content: [
      { type: 'text', text: [...headline(action, answer), JSON.stringify(output)].join('\n') },
      ...(link ? resourceLink(link) : []),
      ...shown,
    ],
    structuredContent: { ...call, ...(answer.changes ? { changes: answer.changes } : {}), ...needsOf(answer), ...output },
    _meta: { callId: answer.callId, ...call },
  };
}

/**
 * A failure that the caller may read and act on. The body stands in `_meta.error`; clients of the older era check
 * `structuredContent` against the tool's output schema even when it is an error, so only the newer one finds it there too.
 */
export function errorResult(error: TroupeError, requestId: string, era: 'legacy' | 'modern'): CallToolResult {
  const body = errorBody(error, requestId);
  const hint = error.code === coreErrors.shown_once.code ? ['Pass again: true to do it once more.'] : [];
  return {
    isError: true,
    content: [
      {
        type: 'text',
        text: [`${body.message} (${body.code})`, ...detailLines(body.details), ...hint, `Request ${requestId}`].join('\n'),
      },
    ],
    _meta: { error: body },
    ...(era === 'modern' ? { structuredContent: { ...body } } : {}),
  };
}

/** Of a dry run. */
const needsOf = ({ needs }: Answer) => (needs ? { needs } : {});

function headline({ title, effect }: Action, { callId, replayed, changes, needs = [] }: Answer): string[] {
  if (changes) {
    const lines =
      changes.length > 0 ? ['It would change:', ...changes.map(changeLine)] : ['It would change nothing that you may read.'];
    return [`Dry run of "${title}": nothing has changed.`, ...lines, ...needs.map(needLine), 'Its answer would be like this:'];
  }
  if (replayed) {
    return [
      `replayed: true. "${title}" was done before with the same input (call ${callId}), and nothing was done now: pass again: true to do it once more.`,
    ];
  }
  return [effect === 'write' ? `${title}: done.` : `${title}:`];
}

const needLine = ({ tier, reason }: Need) => `It would wait for a yes of tier ${tier}: ${reason}.`;

const changeLine = ({ operation, table, after, before }: PreviewedChange) =>
  `- ${operation} ${table} ${JSON.stringify(after ?? before ?? {})}`;

function detailLines(details: Readonly<Record<string, unknown>> | undefined): string[] {
  if (details === undefined) return [];
  if (!Array.isArray(details.issues)) return [JSON.stringify(details)];
  const issues = details.issues as { path: string; message: string }[]; // as core.invalid_input has them
  return issues.map(({ path, message }) => `- ${path || 'input'}: ${message}`);
}

/** What `structuredContent` may be. */
export const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : { result: value ?? null };

function resourceLink({ url, method, fileName, contentType, size }: DownloadLink): ContentBlock[] {
  return method === 'GET' ? [{ type: 'resource_link', uri: url, name: fileName, mimeType: contentType, size }] : [];
}

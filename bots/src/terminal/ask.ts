// One message and its answer, over the same addresses that the web uses.
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { approvalOf } from '@troupe-os/agents';
import { TroupeError } from '@troupe-os/core';
import { jsonText, render } from '@troupe-os/core/command-line';
import type { Door } from '@troupe-os/core/surface';
import type { ReceivedFile } from '../files.ts';
import type { CallPart, UiEvent } from '../ui-events.ts';
import type { View } from '../view.ts';
import { readEvents } from './events.ts';
import type { Writer } from './writer.ts';

const FENCE = '```';
const JSON_FENCE = `${FENCE}json`;

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
}

/** What one says. */
export interface Saying {
  readonly text: string;
  readonly files?: readonly ReceivedFile[];
  /** The id of a message of one's own in whose place it stands, with all that came after it. */
  readonly replaces?: string | undefined;
}

export interface Asked {
  readonly failed: Failure | undefined;
  /** The message that was said; undefined: it was not taken. */
  readonly messageId: string | undefined;
  /** What it asked a yes for. */
  readonly approvalIds: readonly string[];
}

/** Asks, and prints the answer as it comes; what went wrong goes to `errors`. */
export async function ask(door: Door, conversationId: string, saying: Saying, writer: Writer, errors = writer): Promise<Asked> {
  let failed: Failure | undefined;
  let messageId: string | undefined;
  const approvalIds = new Set<string>();
  let view: View | undefined;
  for await (const event of send(door, conversationId, saying)) {
    const { approvalId } = approvalOf({
      details: event.type === 'data-call' ? event.data : event.type === 'error' && event.details,
    });
    if (approvalId) approvalIds.add(approvalId);
    if (event.type === 'data-message') messageId = event.data.messageId;
    else if (event.type === 'data-view') view = event.data;
    else if (event.type === 'text-delta') {
      if (event.delta.startsWith(JSON_FENCE)) writer.block(event.delta.slice(JSON_FENCE.length, -FENCE.length).trim());
      else if (view === undefined || view.kind === 'text') writer.write(event.delta);
      else
        writer.block(
          `${view.dryRun ? 'Dry run: nothing has changed. This is what would:\n' : ''}${render(bodyOf(view), writer.width)}`,
        );
    } else if (event.type === 'text-end') writer.endParagraph();
    else if (event.type === 'tool-input-available') writer.note(`> ${event.toolName} ${JSON.stringify(event.input)}`);
    else if (event.type === 'tool-output-error') writer.say(event.errorText);
    else if (event.type === 'data-call' && event.data.callId) writer.note(`  call ${event.data.callId}`);
    else if (event.type === 'abort') writer.note('Stopped.');
    else if (event.type === 'error') {
      failed = failureOf(event);
      writer.endParagraph();
      errors.say(event.errorText);
    }
  }
  writer.end();
  return { failed, messageId, approvalIds: [...approvalIds] };
}

/** Hands a file in, to be sent with what is said next. */
export async function attach(door: Door, path: string): Promise<ReceivedFile> {
  const where = `/chat/files?${new URLSearchParams({ name: basename(path) })}`;
  const response = await door.fetch(where, { method: 'POST', body: await openAsBlob(path) });
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as ReceivedFile;
}

/** Asks, and prints one line of JSON: everything that a script may want of the answer. Answers the exit code. */
export async function askForJson(door: Door, conversationId: string, saying: Saying): Promise<number> {
  const told: string[] = [];
  const calls: CallPart[] = [];
  const more: Record<string, unknown> = {};
  let failed: Failure | undefined;
  for await (const event of send(door, conversationId, saying)) {
    if (event.type === 'start') more.messageId = event.messageId;
    else if (event.type === 'text-start') told.push('');
    else if (event.type === 'text-delta') told.push(`${told.pop() ?? ''}${event.delta}`);
    else if (event.type === 'data-call') calls.push(event.data);
    else if (event.type === 'data-view') more.view = event.data;
    else if (event.type === 'data-suggestions') more.suggestions = event.data.items;
    else if (event.type === 'error') failed = failureOf(event);
  }
  const answer = { conversationId, text: told.join('\n\n'), calls, ...more, ...(failed ? { error: failed } : {}) };
  process.stdout.write(`${jsonText(answer)}\n`);
  return exitCode(failed);
}

/** 2: an input that the schema refuses; 1: whatever else failed. */
export const exitCode = (failed: Failure | undefined): number =>
  failed === undefined ? 0 : failed.code === 'core.invalid_input' ? 2 : 1;

/** Errors: what the server answers, by its own code. */
export async function fetchJson<T>(door: Door, path: string, init: RequestInit = {}): Promise<T> {
  const response = await door.fetch(path, { ...init, headers: { 'content-type': 'application/json' } });
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as T; // the server is ours, of the same version
}

async function* send(door: Door, conversationId: string, saying: Saying): AsyncGenerator<UiEvent> {
  const response = await door.fetch(`/chat/conversations/${encodeURIComponent(conversationId)}/messages`, {
    method: 'POST',
    body: JSON.stringify(saying),
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
  });
  if (!response.ok || !response.body) throw await refusalOf(response);
  yield* readEvents(response.body);
}

async function refusalOf(response: Response): Promise<TroupeError> {
  const { code, message, details } = (await response.json()) as {
    code: string;
    message: string;
    details?: Record<string, unknown>;
  };
  return new TroupeError({ code, kind: 'invalid', message }, details);
}

function failureOf({ code, errorText, details }: UiEvent & { type: 'error' }): Failure {
  return { code, message: errorText, ...(details === undefined ? {} : { details }) };
}

/** What stands in the answer: the items of a page, or all of it. */
const bodyOf = (view: Exclude<View, { kind: 'text' }>): unknown =>
  view.kind === 'table'
    ? view.rows.map((row) => Object.fromEntries(view.columns.map((name, at) => [name, row[at]])))
    : view.output;

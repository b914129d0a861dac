// An answer as messages of a chat, written while it grows.

import { setTimeout as after } from 'node:timers/promises';
import { approvalOf } from '@troupe-os/agents';
import type { FilePart } from '../sent-files.ts';
import type { Emit, UiEvent } from '../ui-events.ts';
import type { ChannelDriver } from './driver.ts';

export interface Told {
  /** Approvals that were asked for on the way. */
  readonly approvalIds: readonly string[];
  /** Files that were answered with. */
  readonly files: readonly FilePart[];
}

export interface Telling {
  readonly emit: Emit;
  /** Resolves when all is said that was told until now. */
  end(where?: string): Promise<void>;
  readonly told: Told;
}

interface Log {
  warn(message: string, about: Record<string, unknown>): void;
}

/** `grows`: it is shown while it is written; without, it is said by `end`, where that says. */
export function createTelling(
  driver: ChannelDriver,
  place: string,
  { grows = true, log }: { grows?: boolean; log: Log },
): Telling {
  const page = createPage();
  const shown = createShown(driver, place);
  const approvalIds = new Set<string>();
  const files: FilePart[] = [];
  const over = new AbortController();
  let writing: Promise<void> | undefined;

  /** One message after another, and none more often than the channel likes. */
  async function write(): Promise<void> {
    while (!over.signal.aborted) {
      await after(driver.editEveryMs, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted || !shown.differs(page.text())) break;
      await shown
        .show(page.text())
        .catch((error: unknown) => log.warn('an answer could not be shown while it grows', { error: String(error) }));
    }
    writing = undefined;
  }

  return {
    told: {
      get approvalIds() {
        return [...approvalIds];
      },
      files,
    },
    emit(event) {
      note(event, approvalIds);
      if (event.type === 'data-file') files.push(event.data);
      page.take(event);
      if (grows && page.text() !== '') writing ??= write();
    },
    async end(where = place) {
      over.abort();
      await writing;
      const text = page.text();
      if (text !== '') await (where === place ? shown : createShown(driver, where)).show(text);
    },
  };
}

function note(event: UiEvent, approvalIds: Set<string>): void {
  if (event.type === 'data-call' && event.data.approvalId) approvalIds.add(event.data.approvalId);
  if (event.type !== 'error') return;
  const { approvalId } = approvalOf(event);
  if (approvalId) approvalIds.add(approvalId);
}

/** The events of an answer as one text: words, and a line for each tool. */
function createPage() {
  const parts = new Map<string, string>();
  return {
    text: () => [...parts.values()].filter((part) => part.trim() !== '').join('\n\n'),
    take(event: UiEvent): void {
      if (event.type === 'text-delta') parts.set(`text ${event.id}`, (parts.get(`text ${event.id}`) ?? '') + event.delta);
      if (event.type === 'tool-input-available') parts.set(`tool ${event.toolCallId}`, `… \`${event.toolName}\``);
      if (event.type === 'data-call') {
        const { toolCallId, action, outcome, error } = event.data;
        parts.set(`tool ${toolCallId}`, outcome === 'succeeded' ? `✓ \`${action}\`` : `✗ \`${action}\` (${error ?? 'failed'})`);
      }
      if (event.type === 'error') parts.set('error', event.errorText);
      if (event.type === 'abort') parts.set('abort', event.left ? '_It goes on in a moment._' : '_Stopped._');
    },
  };
}

/** What stands in the chat: sent piece by piece, and edited where it has changed. */
function createShown(driver: ChannelDriver, place: string) {
  const pieces: { text: string; ref: string }[] = [];
  let last = '';
  return {
    differs: (text: string) => text !== last,
    async show(text: string): Promise<void> {
      for (const [at, piece] of driver.split(text).entries()) {
        const there = pieces[at];
        if (there?.text === piece) continue;
        if (there) await driver.edit(place, there.ref, { text: piece });
        const ref = there?.ref ?? (await driver.send(place, { text: piece }));
        pieces[at] = { text: piece, ref };
      }
      last = text;
    },
  };
}

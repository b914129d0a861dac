// What a channel is told while a message is answered. The wire is that of the AI SDK's UI message stream.
import type { FilePart } from './sent-files.ts';
import type { Suggestion } from './suggest.ts';
import type { View } from './view.ts';

/** A tool call's place in the record, once it is done. */
export interface CallPart {
  readonly toolCallId: string;
  readonly action: string;
  readonly callId?: string;
  readonly outcome: 'succeeded' | 'failed';
  /** The code of the error. */
  readonly error?: string;
  /** Whose yes it waits for. */
  readonly approvalId?: string;
}

export type UiEvent =
  | {
      readonly type: 'data-message';
      readonly data: { messageId: string; sequence: number; text: string };
      readonly transient: true;
    }
  | { readonly type: 'data-title'; readonly data: { conversationId: string; title: string }; readonly transient: true }
  | { readonly type: 'start'; readonly messageId: string }
  | { readonly type: 'text-start' | 'text-end'; readonly id: string }
  | { readonly type: 'text-delta'; readonly id: string; readonly delta: string }
  | { readonly type: 'tool-input-available'; readonly toolCallId: string; readonly toolName: string; readonly input: unknown }
  | { readonly type: 'tool-output-available'; readonly toolCallId: string; readonly output: unknown }
  | { readonly type: 'tool-output-error'; readonly toolCallId: string; readonly errorText: string }
  | { readonly type: 'data-call'; readonly id: string; readonly data: CallPart }
  | { readonly type: 'data-view'; readonly data: View }
  | { readonly type: 'data-file'; readonly data: FilePart }
  | { readonly type: 'data-suggestions'; readonly data: { items: readonly Suggestion[] } }
  /** `kept`: it stands in the conversation as well. */
  | {
      readonly type: 'error';
      readonly errorText: string;
      readonly code: string;
      readonly details?: unknown;
      readonly kept?: true;
    }
  /** `left`: another process, or the next start, goes on with it. */
  | { readonly type: 'abort'; readonly left?: true }
  | { readonly type: 'finish' };

export type Emit = (event: UiEvent) => void;

/** A text that is there at once. */
export function emitText(emit: Emit, id: string, text: string): void {
  emit({ type: 'text-start', id });
  emit({ type: 'text-delta', id, delta: text });
  emit({ type: 'text-end', id });
}

// An error as a sentence in a conversation.
import { coreErrors, TroupeError } from '@troupe-os/core';
import { detailsText } from '@troupe-os/core/command-line';
import type { UiEvent } from './ui-events.ts';

/** What its caller has to change, or may not do: it will be so again. All else may be otherwise in a moment, or is our own fault. */
export const isRefusal = (error: unknown): error is TroupeError =>
  error instanceof TroupeError && error.kind !== 'internal' && error.kind !== 'unavailable';

/** The sentence, its code, and the details that the caller may read. What is our own fault says what to quote. */
export function errorText(thrown: unknown, requestId: string): { text: string; code: string; details?: unknown } {
  const error = thrown instanceof TroupeError ? thrown : coreErrors.internal(undefined, thrown);
  if (error.kind === 'internal') return { text: `${error.message} (${error.code}, request ${requestId})`, code: error.code };
  const { code, message, details } = error;
  return { text: `${message} (${code})${detailsText(details)}`, code, ...(details ? { details } : {}) };
}

/** The same as an event. */
export function errorEvent(thrown: unknown, requestId: string): Extract<UiEvent, { type: 'error' }> {
  const { text, code, details } = errorText(thrown, requestId);
  return { type: 'error', errorText: text, code, ...(details ? { details } : {}) };
}

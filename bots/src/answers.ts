// The answers that are being written in this process, by conversation. Whoever listens late hears an answer from its beginning.
import { eventStream } from './event-stream.ts';
import type { Emit, UiEvent } from './ui-events.ts';

export interface LiveAnswer {
  readonly emit: Emit;
  /** Aborted when its person stops it. */
  readonly signal: AbortSignal;
  /** A stream of all that was told so far and of what is told from here on. It may be listened to by many, or by nobody. */
  listen(): Response;
  end(): void;
}

export interface Answers {
  begin(conversationId: string): LiveAnswer;
  find(conversationId: string): LiveAnswer | undefined;
  /** Answers whether one was being written here. */
  stop(conversationId: string): boolean;
}

/** Pages of one person, and then some. */
const MOST_LISTENERS = 20;

interface Listener {
  readonly emit: Emit;
  readonly end: () => void;
}

export function createAnswers(): Answers {
  const live = new Map<string, Set<{ readonly answer: LiveAnswer; readonly stop: AbortController }>>();
  return {
    begin(conversationId) {
      const stop = new AbortController();
      const told: UiEvent[] = [];
      const listeners = new Set<Listener>();
      let isOver = false;
      const answer: LiveAnswer = {
        signal: stop.signal,
        emit(event) {
          keep(told, event);
          for (const { emit } of listeners) emit(event);
        },
        listen: () =>
          eventStream((emit, left) => {
            for (const event of told) emit(event);
            if (isOver || listeners.size === MOST_LISTENERS) return Promise.resolve();
            return new Promise((end) => {
              const listener = { emit, end };
              listeners.add(listener);
              left.addEventListener('abort', () => {
                listeners.delete(listener);
                end();
              });
            });
          }),
        end() {
          isOver = true;
          for (const { end } of listeners) end();
          listeners.clear();
          const others = live.get(conversationId);
          others?.delete(entry);
          if (others?.size === 0) live.delete(conversationId);
        },
      };
      const entry = { answer, stop };
      live.set(conversationId, (live.get(conversationId) ?? new Set()).add(entry));
      return answer;
    },
    find: (conversationId) => [...(live.get(conversationId) ?? [])].at(-1)?.answer,
    stop(conversationId) {
      const found = live.get(conversationId);
      for (const { stop } of found ?? []) stop.abort();
      return found !== undefined;
    },
  };
}

/** Words that follow each other are kept as one. */
function keep(told: UiEvent[], event: UiEvent): void {
  const last = told.at(-1);
  if (event.type === 'text-delta' && last?.type === 'text-delta' && last.id === event.id)
    told[told.length - 1] = { ...event, delta: last.delta + event.delta };
  else told.push(event);
}

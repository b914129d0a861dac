// The ways to go on with a command that is being typed.
import type { Completions } from './wire.ts';

const NONE: Completions = { from: 0, items: [] };

export function completer() {
  let found = $state.raw(NONE);
  let at = $state<number>();
  let asking = new AbortController();

  function close(): void {
    asking.abort();
    found = NONE;
    at = undefined;
  }

  /** The text with this way in it. */
  const take = (text: string, index: number): string => text.slice(0, found.from) + (found.items[index]?.text ?? '');

  return {
    get items() {
      return found.items;
    },
    /** The one that is chosen. */
    get at() {
      return at;
    },
    close,
    take,
    async look(text: string): Promise<void> {
      close();
      if (!text.startsWith('/') || text.includes('\n')) return;
      asking = new AbortController();
      const { signal } = asking;
      try {
        const response = await fetch(`/chat/complete?${new URLSearchParams({ text })}`, { signal });
        const ways = (await response.json()) as Completions;
        if (response.ok && !signal.aborted) found = ways;
      } catch {
        // it was typed on, or the line broke: nothing is offered, and what is typed stands
      }
    },
    /** What a key makes of the text; undefined: it is not for here. */
    key(key: string, text: string): string | undefined {
      const { length } = found.items;
      if (length === 0) return undefined;
      if (key === 'ArrowDown') at = ((at ?? -1) + 1) % length;
      else if (key === 'ArrowUp') at = ((at ?? 0) + length - 1) % length;
      else if (key === 'Escape') close();
      else if (key === 'Tab') return take(text, at ?? 0);
      else if (key === 'Enter' && at !== undefined) return take(text, at);
      else return undefined;
      return text;
    },
  };
}

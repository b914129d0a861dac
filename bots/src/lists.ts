// The lists that somebody may read, for names in the place of ids and for what may come next in a command.
import type { Lists, Page } from '@troupe-os/core/command-line';
import type { RegisteredAction } from '@troupe-os/core/surface';
import { isRefusal } from './error-text.ts';
import { type Asking, act } from './records.ts';

/** Of the actions that are open to whoever asks. */
export function listsIn(open: readonly RegisteredAction[], asking: Asking): Lists {
  return {
    entriesOf: (name) => open.find(({ action }) => action.name === name)?.action.entries,
    async read(action, input) {
      try {
        return await act<Page>(asking, action, input);
      } catch (error) {
        if (isRefusal(error)) return undefined;
        throw error;
      }
    },
  };
}

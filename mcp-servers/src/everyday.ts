// Which actions stand on /mcp as tools of their own: a list that a model can read whole.
import type { Plugin } from '@troupe-os/core';
import type { RegisteredAction } from '@troupe-os/core/surface';

/**
 * The most useful actions, at most `most` of them, by name in order. Plugins take turns, in the order of the installation; each
 * gives its reads of low risk first, then writes without consequence, then its other reads, then the rest, each in the order in
 * which it declares them.
 */
export function chooseEveryday(
  open: readonly RegisteredAction[],
  plugins: ReadonlyMap<string, Plugin>,
  most: number,
): RegisteredAction[] {
  const queues = [...plugins.values()].map((plugin) =>
    open
      .filter((one) => one.plugin.id === plugin.id)
      .sort((one, other) => rank(one) - rank(other) || placeOf(one) - placeOf(other)),
  );
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const turns = Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue.slice(turn, turn + 1)));
  return turns
    .flat()
    .slice(0, most)
    .sort((one, other) => (one.action.name < other.action.name ? -1 : 1));
}

function rank({ action }: RegisteredAction): number {
  if (action.effect === 'read') return action.risk === 'low' ? 0 : 2;
  return action.consequential ? 3 : 1;
}

const placeOf = ({ action, plugin }: RegisteredAction): number => plugin.actions.findIndex(({ name }) => name === action.name);

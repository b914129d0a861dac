// What a person may let an app do, in words: their own permissions, without those that people hold themselves.
import type { Caller, Kernel } from '@troupe-os/core/surface';
import { asksFor, type Resource } from './resources.ts';

export interface OfferedScope {
  readonly scope: string;
  readonly title: string;
}

export interface OfferedPlugin {
  readonly plugin: string;
  /** What only looks. */
  readonly look: readonly OfferedScope[];
  /** What may change something. */
  readonly change: readonly OfferedScope[];
}

/** What of the scopes that were asked for this person holds and may give, by plugin. */
export async function offeredTo(
  kernel: Kernel,
  caller: Caller,
  resource: Resource,
  asked: readonly string[],
): Promise<OfferedPlugin[]> {
  const held = new Set((await kernel.actionsFor(caller)).map(({ action }) => action.permission));
  const plugins = [...kernel.plugins.values()].filter(({ id }) => resource.plugin === undefined || resource.plugin === id);
  return plugins
    .map(({ id, actions, permissions }) => {
      const writes = new Set(actions.filter(({ effect }) => effect === 'write').map(({ permission }) => permission));
      const offered = Object.entries(permissions)
        .filter(([permission, { people }]) => !people && held.has(permission) && asksFor(asked, permission))
        .map(([scope, { title }]) => ({ scope, title }));
      return {
        plugin: id,
        look: offered.filter(({ scope }) => !writes.has(scope)),
        change: offered.filter(({ scope }) => writes.has(scope)),
      };
    })
    .filter(({ look, change }) => look.length + change.length > 0);
}

// What is installed, as data: for whoever writes rules about it.
import type { AnyAction } from '../define/action.ts';
import type { Permission } from '../define/plugin.ts';
import { wireSchema } from '../wire.ts';
import type { Registry } from './registry.ts';

/** An action as rules see it. */
export interface CataloguedAction extends Pick<AnyAction, 'name' | 'title' | 'effect' | 'risk' | 'permission'> {
  readonly consequential: boolean;
  readonly plugin: string;
  /** What is said in it is for whoever calls and the person behind them. */
  readonly private: boolean;
  /** JSON Schema (2020-12) of the input on the wire. */
  readonly input: Readonly<Record<string, unknown>>;
  /** SQL types by column of the record that a write locks; undefined: it names none. */
  readonly record: Readonly<Record<string, string>> | undefined;
}

export interface Catalogue {
  readonly plugins: ReadonlySet<string>;
  readonly permissions: ReadonlyMap<string, Permission>;
  /** Names of what plugins tell of, in order. */
  readonly events: readonly string[];
  action(name: string): CataloguedAction | undefined;
}

export function catalogueOf({ plugins, actions, tables }: Registry): Catalogue {
  return {
    plugins: new Set(plugins.keys()),
    permissions: new Map([...plugins.values()].flatMap(({ permissions }) => Object.entries(permissions))),
    events: [...plugins.values()].flatMap(({ events = [] }) => events.map(({ name }) => name)).sort(),
    action(name) {
      const found = actions.get(name);
      if (!found) return undefined;
      const { title, effect, consequential, risk, permission, input, resource } = found.action;
      const record = effect === 'write' && resource ? tables.get(resource.table)?.types : undefined;
      return {
        name,
        title,
        effect,
        consequential: consequential ?? false,
        risk,
        permission,
        private: found.action.private ?? false,
        plugin: found.plugin.id,
        input: wireSchema(input),
        record,
      };
    },
  };
}

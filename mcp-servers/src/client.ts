// Somebody else's MCP server becomes a plugin: its confirmed tools are actions, through the same kernel as everything else.
import { type AnyAction, definePlugin, type Plugin } from '@troupe-os/core';
import { outsideErrors } from '@troupe-os/plugin-outside/contract';
import { type Connection, createConnection } from './outside/connection.ts';
import { lockPathOf, readPinned } from './outside/lock.ts';
import { LOOPBACK, type OutsideServerOptions, ruleOf, timeoutOf, variablesOf } from './outside/options.ts';
import { permissionOf, toolAction, toolJobs, type UsableTool, usable } from './outside/tool-actions.ts';

export type { OutsideServerOptions, OutsideTransport, ToolRule } from './outside/options.ts';

/** What the command `troupe mcp-servers` knows of a plugin that is an outside server. */
export interface OutsideServer {
  readonly options: OutsideServerOptions;
  readonly lockPath: string;
  connect(): Connection;
}

const servers = new WeakMap<Plugin, OutsideServer>();

/** The outside server that a plugin is; undefined: it is none. */
export const outsideServerOf = (plugin: Plugin): OutsideServer | undefined => servers.get(plugin);

/**
 * A plugin of the tools of an outside MCP server, for `plugins` of troupe.config.ts, beside `outsidePlugin`. Nothing is asked of the server
 * before a tool is used: what its tools are stands in outside-tools.lock.json, which `npx troupe mcp-servers pin ID` writes.
 */
export function outsideServer<const Id extends string>(options: OutsideServerOptions<Id>): Plugin<Id, readonly AnyAction[]> {
  const { id, from, transport, tools = {} } = options;
  const lockPath = lockPathOf(from);
  const pinned = readPinned(lockPath, id);
  const faults = [...pinned.faults];
  const usables = [...pinned.tools].flatMap(([name, tool]) => {
    try {
      return [usable(tool, ruleOf(tools, name))];
    } catch (error) {
      faults.push(`"${name}" cannot be used: ${(error as Error).message}`);
      return [];
    }
  });
  const connection = createConnection(options);
  const parts = { id, connection, timeoutMs: timeoutOf(options) };
  const jobs = toolJobs(parts, pinned.tools);
  const plugin = definePlugin({
    id,
    version: '0.1.0',
    from: import.meta.url,
    permissions: Object.fromEntries(usables.map((tool) => [permissionOf(id, tool), permissionRow(id, tool)])),
    tables: {},
    actions: usables.map((tool) => toolAction(parts, tool, jobs)),
    settings: {
      [LOOPBACK]: '`on`: an outside server on this very machine may be reached over HTTP',
      ...Object.fromEntries(variablesOf(transport).map((name) => [name, `what the outside server ${id} needs`])),
    },
    errors: [outsideErrors],
    jobs: [jobs.once, jobs.repeatable],
    requires: { outside: ['keep', 'begin', 'end', 'giveUp'] },
    findings: (said) => [
      ...faults,
      ...(pinned.tools.size === 0 ? ['none of its tools is confirmed yet'] : []),
      ...Object.keys(tools)
        .filter((name) => !pinned.tools.has(name))
        .map((name) => `"${name}" is named in troupe.config.ts and not among its confirmed tools`),
      ...variablesOf(transport)
        .filter((name) => said[name] === undefined)
        .map((name) => `the environment has no ${name}`),
    ],
    stop: connection.close,
  });
  servers.set(plugin, { options, lockPath, connect: () => createConnection(options) });
  return plugin;
}

function permissionRow(id: string, { pinned, rule }: UsableTool) {
  return {
    title: `Use the tool ${pinned.definition.name} of the outside server ${id}`,
    roles: rule.roles ?? (['admin'] as const),
  };
}

// `troupe mcp-servers`: the outside servers of troupe.config.ts, and how their tools are confirmed.
import { createInterface } from 'node:readline/promises';
import type { Plugin } from '@troupe-os/core';
import { errorLine, parseWords, UsageError, withoutControls } from '@troupe-os/core/command-line';
import type { Command, Installed } from '@troupe-os/core/surface';
import { type OutsideServer, outsideServerOf } from '../client.ts';
import type { Connection } from './connection.ts';
import { readPinned, writePinned } from './lock.ts';
import type { Said } from './options.ts';
import { lookAt } from './review.ts';
import { listLine, reviewText } from './review-text.ts';

interface Named extends OutsideServer {
  readonly said: Said;
  readonly findings: readonly string[];
}

export const mcpServersCommand: Command = {
  name: 'mcp-servers',
  summary: 'outside MCP servers: list them, or confirm the tools of one',
  usage: 'mcp-servers [pin ID [--yes]]',
  async run(words, _door, installed) {
    const { values, positionals } = parseWords({
      args: [...words],
      allowPositionals: true,
      options: { yes: { type: 'boolean' } },
    });
    const [verb, id, ...rest] = positionals;
    const servers = serversOf(installed);
    if (verb === undefined) return list(servers);
    if (verb !== 'pin' || id === undefined || rest.length > 0)
      throw new UsageError('Say `mcp-servers`, or `mcp-servers pin ID`.');
    const server = servers.find(({ options }) => options.id === id);
    if (!server) throw new UsageError(`No outside server "${id}" is named in troupe.config.ts.`);
    return pin(server, values.yes ?? false);
  },
};

function serversOf(installed: Installed): Named[] {
  const named = (plugin: Plugin, settings: Said): Named[] => {
    const server = outsideServerOf(plugin);
    return server ? [{ ...server, said: settings, findings: plugin.findings?.(settings) ?? [] }] : [];
  };
  return installed.flatMap(({ plugin, settings }) => named(plugin, settings));
}

const print = (line: string) => process.stdout.write(`${withoutControls(line)}\n`);

/** Answers 1 where something has to be looked at. */
async function list(servers: readonly Named[]): Promise<number> {
  if (servers.length === 0) print('No outside server is named in troupe.config.ts.');
  const isFine = await Promise.all(
    servers.map(async (server) => {
      const { id } = server.options;
      const { lines, fine } = await connected(server, async (connection) => {
        const tools = lookAt(server.options, await connection.list(server), readPinned(server.lockPath, id));
        const changed = tools.some(({ state }) => state !== 'same');
        return {
          lines: [
            `${id}: answers`,
            ...tools.map(listLine),
            ...(changed ? [`  to look at it: npx troupe mcp-servers pin ${id}`] : []),
          ],
          fine: !changed,
        };
      }).catch((error: unknown) => ({ lines: [`${id}: ${errorLine(error)}`], fine: false }));
      print([...lines, ...server.findings.map((finding) => `  note: ${finding}`)].join('\n'));
      return fine && server.findings.length === 0;
    }),
  );
  return isFine.every(Boolean) ? 0 : 1;
}

async function pin(server: Named, isSaid: boolean): Promise<number> {
  const { options, lockPath } = server;
  const live = await connected(server, (connection) => connection.list(server));
  const tools = lookAt(options, live, readPinned(lockPath, options.id));
  print(reviewText(options.id, tools));
  if (tools.every(({ state }) => state === 'same' || state === 'unusable')) {
    print('Nothing has changed.');
    return tools.some(({ state }) => state === 'unusable') ? 1 : 0;
  }
  if (!isSaid && !(await isConfirmed())) {
    print('Nothing was confirmed.');
    return 1;
  }
  const kept = tools.flatMap(({ name, pinned }) => (pinned ? [[name, pinned] as const] : []));
  writePinned(lockPath, options.id, new Map(kept));
  print(`Confirmed, and written to ${lockPath}. A running server takes it when it is started anew.`);
  return 0;
}

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UsageError('Nobody is here to ask: look at the difference above, then say --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question('Confirm these tools? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}

/** What a program has complained about is said beside the error. */
async function connected<T>(server: Named, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = server.connect();
  try {
    return await work(connection);
  } catch (error) {
    const complaints = connection.complaints();
    if (complaints) process.stderr.write(withoutControls(`${server.options.id} has said:\n${complaints}\n`));
    throw error;
  } finally {
    await connection.close();
  }
}

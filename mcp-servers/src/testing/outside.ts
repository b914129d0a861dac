// An outside server in a test: what troupe.config.ts would say of it, in a folder of its own, and its tools confirmed as by hand.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Door } from '@troupe-os/core/surface';
import { atEnd } from '@troupe-os/core/testing';
import { outsideServer } from '../client.ts';
import { mcpServersCommand } from '../outside/command.ts';
import type { OutsideServerOptions } from '../outside/options.ts';

export type Said = Readonly<Record<string, string>>;
export type Described = Omit<OutsideServerOptions, 'from'>;

const nowhere = {} as Door; // the command asks the outside, never the house

export interface OutsideFolder {
  readonly path: string;
  /** The plugin as a house that is started now would have it. */
  plugin(options: Described): ReturnType<typeof outsideServer>;
  /** `npx troupe mcp-servers …`: its exit code, and what it printed. */
  command(options: Described, said: Said, ...words: string[]): Promise<{ code: number; printed: string }>;
}

export function outsideFolder(): OutsideFolder {
  const path = mkdtempSync(join(tmpdir(), 'troupe-outside-'));
  atEnd(() => rmSync(path, { recursive: true, force: true }));
  const from = pathToFileURL(join(path, 'troupe.config.ts')).href;
  const plugin = (options: Described) => outsideServer({ ...options, from });
  return {
    path,
    plugin,
    async command(options, settings, ...words) {
      const lines: string[] = [];
      const { write } = process.stdout;
      process.stdout.write = ((line: string) => lines.push(line) > 0) as typeof write;
      try {
        const code = await mcpServersCommand.run(words, nowhere, [{ plugin: plugin(options), settings }]);
        return { code, printed: lines.join('') };
      } finally {
        process.stdout.write = write;
      }
    },
  };
}

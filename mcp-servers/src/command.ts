// `troupe mcp`: the server's address for clients that start a program and speak over its standard streams.
import { parseWords, UsageError } from '@troupe-os/core/command-line';
import type { Command } from '@troupe-os/core/surface';

export const mcpCommand: Command = {
  name: 'mcp',
  summary: 'speak MCP over standard input and output',
  usage: 'mcp [--plugin NAME] [--token TOKEN]',
  needsServer: true,
  async run(words, door) {
    const { values } = parseWords({ args: [...words], options: { plugin: { type: 'string' }, token: { type: 'string' } } });
    if (door.url === undefined) throw new UsageError('There is no server to speak to.');
    const { bridge } = await import('./bridge.ts');
    await bridge({
      url: `${door.url}/mcp${values.plugin === undefined ? '' : `/${encodeURIComponent(values.plugin)}`}`,
      token: values.token ?? door.token,
      input: process.stdin,
      write: (line) => void process.stdout.write(`${line}\n`),
      report: (line) => void process.stderr.write(`${line}\n`), // standard output belongs to the protocol
    });
    return 0;
  },
};

// MCP: every action that a caller may see, as a tool, for clients of both protocol eras.
import { defineSurface, type Surface } from '@troupe-os/core/surface';
import { mcpCommand } from './command.ts';

export interface McpOptions {
  /** For tests of expiry. */
  clock?(): Date;
}

/** The surface that answers at `/mcp` and `/mcp/<plugin>`, and the command `troupe mcp`. */
export function mcp({ clock = () => new Date() }: McpOptions = {}): Surface {
  return defineSurface({
    name: 'mcp',
    async routes(app, host) {
      // loaded by servers only: the command line starts without it
      const { mountMcp } = await import('./http.ts');
      mountMcp(app, host, clock);
    },
    commands: [mcpCommand],
  });
}

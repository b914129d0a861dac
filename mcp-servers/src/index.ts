// MCP: every action that a caller may see, as a tool, for clients of both protocol eras, and the sign-in of those clients.
import { defineSurface, type Surface, type SurfaceHost } from '@troupe-os/core/surface';
import { mcpCommand } from './command.ts';
import { metadataUrl, resourceAt } from './oauth/resources.ts';
import type { OAuthOptions } from './oauth/routes.ts';
import { mcpServersCommand } from './outside/command.ts';

export { type OutsideServerOptions, type OutsideTransport, outsideServer, type ToolRule } from './client.ts';
export type { KnownClient } from './oauth/clients.ts';

export interface McpOptions {
  readonly oauth?: OAuthOptions;
  /** For tests of expiry. */
  clock?(): Date;
}

/** The surface that answers at `/mcp` and `/mcp/<plugin>`, signs clients in by OAuth, and is the command `troupe mcp`. */
export function mcp({ clock = () => new Date(), oauth = {} }: McpOptions = {}): Surface {
  return defineSurface({
    name: 'mcp',
    async routes(app, host) {
      // loaded by servers only: the command line starts without it
      const { mountMcp } = await import('./http.ts');
      mountMcp(app, host, clock);
      if (host.settings.oauth.isOn && !isSafe(host.publicUrl))
        host.kernel.log.warn('apps cannot sign people in: PUBLIC_URL must be https without a path', {
          publicUrl: host.publicUrl,
        });
      if (!signsIn(host)) return;
      const { mountOAuth } = await import('./oauth/routes.ts');
      mountOAuth(app, host, oauth);
    },
    challenge(path, host) {
      if (!signsIn(host) || !resourceAt(host.publicUrl, path)) return undefined;
      return `resource_metadata="${metadataUrl(host.publicUrl, path)}"`;
    },
    commands: [mcpCommand, mcpServersCommand],
  });
}

/** Only where somebody writes down what a person has allowed, and where tokens do not cross a network in the clear. */
function signsIn({ kernel, publicUrl, settings }: SurfaceHost): boolean {
  const actions = [...kernel.plugins.values()].flatMap((plugin) => plugin.actions.map(({ name }) => name));
  return settings.oauth.isOn && actions.includes('identity.allow-app') && isSafe(publicUrl);
}

function isSafe(publicUrl: string): boolean {
  const { protocol, hostname, pathname } = new URL(publicUrl);
  return pathname === '/' && (protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname));
}

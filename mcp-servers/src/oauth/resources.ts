// What access is given to: the addresses /mcp and /mcp/<plugin>, and there permissions, by their names or a plugin's all at once.
import type { Kernel } from '@troupe-os/core/surface';

const ADDRESS = /^\/mcp(?:\/([a-z][a-z0-9]{1,30}))?$/;
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

export interface Resource {
  /** Its identifier (RFC 8707), which its tokens name as their audience. */
  readonly url: string;
  /** Undefined: all plugins. */
  readonly plugin: string | undefined;
}

/** The resource at a path; undefined where none could be. Whether the plugin is installed is told to nobody here. */
export function resourceAt(publicUrl: string, path: string): Resource | undefined {
  const found = ADDRESS.exec(path);
  return found ? { url: publicUrl + path, plugin: found[1] } : undefined;
}

/** The resource of this identifier, letter by letter. */
export function resourceOf(publicUrl: string, identifier: string): Resource | undefined {
  return identifier.startsWith(`${publicUrl}/`) ? resourceAt(publicUrl, identifier.slice(publicUrl.length)) : undefined;
}

/** Metadata of a protected resource (RFC 9728). */
export function resourceMetadata(publicUrl: string, resource: Resource) {
  return {
    resource: resource.url,
    authorization_servers: [publicUrl],
    scopes_supported: [wholeScope(resource)],
    bearer_methods_supported: ['header'],
    resource_name: resource.plugin === undefined ? 'Troupe OS' : `Troupe OS: ${resource.plugin}`,
  };
}

/** Where the metadata of the resource at this path lies. */
export const metadataUrl = (publicUrl: string, path: string): string => publicUrl + METADATA_PATH + path;

/** All that the person may do there. What that is stands on the page that asks them. */
export const wholeScope = ({ plugin }: Resource): string => (plugin === undefined ? '*' : `${plugin}.*`);

/** Every scope that may be asked for at a resource. */
export function scopesOf(kernel: Pick<Kernel, 'plugins'>, { plugin }: Resource): string[] {
  const plugins = [...kernel.plugins.values()].filter(({ id }) => plugin === undefined || plugin === id);
  return [
    ...(plugin === undefined ? ['*'] : []),
    ...plugins.flatMap(({ id, permissions }) => [`${id}.*`, ...Object.keys(permissions)]),
  ];
}

/** Whether one of the scopes that were asked for means this permission. */
export function asksFor(scopes: readonly string[], permission: string): boolean {
  return scopes.some(
    (one) => one === '*' || one === permission || (one.endsWith('.*') && permission.startsWith(one.slice(0, -1))),
  );
}

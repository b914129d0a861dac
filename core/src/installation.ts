// What troupe.config.ts declares. Light: importing it loads nothing of the kernel.
import type { Plugin } from './define/plugin.ts';
import type { Surface } from './surface.ts';

/** The whole of troupe.config.ts. */
export interface Installation<Plugins extends readonly Plugin[] = readonly Plugin[]> {
  readonly plugins: Plugins;
  readonly surfaces: readonly Surface[];
}

/** Declares an installation; the type of its plugins is what the typed client is inferred from. */
export function defineInstallation<const Plugins extends readonly Plugin[]>(
  installation: Installation<Plugins>,
): Installation<Plugins> {
  return Object.freeze(installation);
}

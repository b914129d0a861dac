// Finds the installation: the nearest troupe.config above where the command is typed, else the one beside this program.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { houseErrors } from '../errors.ts';
import type { Installation } from '../installation.ts';
import { readSettings, SECRET_VARIABLES, type Settings } from '../settings.ts';

const NAMES = ['troupe.config.ts', 'troupe.config.js', 'troupe.config.mjs'];

export interface FoundInstallation {
  readonly root: string;
  readonly settings: Settings;
  /** Imports it: its plugins are loaded only when they are needed. */
  load(): Promise<Installation>;
  /** What another process of the same installation is started with: as it was, with the secrets that are taken out here. */
  childEnvironment(): NodeJS.ProcessEnv;
}

/** Reads the settings, once, and takes what is secret out of `env`. Errors: core.no_installation, core.bad_setting. */
export function findInstallation(env: NodeJS.ProcessEnv = process.env): FoundInstallation {
  const path = above(process.cwd()) ?? above(dirname(fileURLToPath(import.meta.url)));
  if (!path) throw houseErrors.no_installation();
  const root = dirname(path);
  const settings = readSettings(env, root);
  const kept = { ...env };
  remove(env, SECRET_VARIABLES);
  return {
    root,
    settings,
    async load() {
      const { default: installation } = (await import(pathToFileURL(path).href)) as { default: Installation };
      for (const { settings: declared = {} } of installation.plugins) remove(env, Object.keys(declared));
      for (const { secrets = [] } of installation.surfaces) remove(env, secrets);
      return installation;
    },
    childEnvironment: () => ({ ...kept }),
  };
}

function remove(env: NodeJS.ProcessEnv, names: readonly string[]): void {
  for (const name of names) delete env[name];
}

function above(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = NAMES.map((name) => join(at, name)).find((path) => existsSync(path));
    if (found || dirname(at) === at) return found;
  }
}

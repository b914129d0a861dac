// The folder of everything that an installation keeps on disk, for its owner only.
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { houseErrors } from './errors.ts';

const OWNER_ONLY = 0o700;

/** Makes it with those above it, or takes it as its owner's alone where it is there. Errors: core.bad_setting. */
export function makeHome(home: string): void {
  try {
    makeFolder(home);
    chmodSync(home, OWNER_ONLY);
  } catch (cause) {
    throw houseErrors.bad_setting({ name: 'TROUPE_HOME', takes: 'a folder that can be written', given: home }, cause);
  }
}

/** Node's own `recursive` never ends where a file system says of each new folder that the one above it is missing, as /proc does. */
function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path, OWNER_ONLY);
  } catch (error) {
    if (!isFolder(path)) throw error; // else another process was faster
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

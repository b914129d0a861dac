// Runs once before all files of tests.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const web = join(import.meta.dirname, '../../../web');

/** The web's tsconfig.json extends one that SvelteKit writes, which a fresh clone has not got yet and an installation of packages removes. */
export default function beforeAll(): void {
  if (!existsSync(web) || existsSync(join(web, 'node_modules/$app/tsconfig.json'))) return;
  execFileSync(process.execPath, [join(web, '../node_modules/@sveltejs/kit/svelte-kit.js'), 'sync'], { cwd: web });
}

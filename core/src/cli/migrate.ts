// `troupe migrate`: what `start` does first, by itself.
import { openHouse } from '../house.ts';
import type { FoundInstallation } from './installation.ts';
import { parseWords } from './words.ts';

export async function migrateNow(words: readonly string[], found: FoundInstallation): Promise<number> {
  parseWords({ args: [...words], options: {} });
  const house = await openHouse(await found.load(), { ...found.settings, logLevel: 'error' });
  await house.close();
  process.stdout.write(house.migrated.length === 0 ? 'nothing to do\n' : `${house.migrated.join('\n')}\n`);
  return 0;
}

// `troupe audit key`: the public half, in the forms that other programs read.
import { sql } from 'drizzle-orm';
import { loadSealKey, verifierText } from '../seal/key.ts';
import { ownKey, recordUse, withRecord } from './audit-record.ts';
import type { FoundInstallation } from './installation.ts';
import { parseWords } from './words.ts';

export async function key(words: readonly string[], found: FoundInstallation): Promise<number> {
  const { values } = parseWords({ args: [...words], options: { pem: { type: 'boolean' }, accept: { type: 'boolean' } } });
  const own = values.accept ? loadSealKey(found.settings) : ownKey(found.settings);
  if (values.accept) {
    await withRecord(found, async (database) => {
      await recordUse(database, found, {
        action: 'core.accept-seal-key',
        effect: 'write',
        input: { verifier: verifierText(own) },
      });
      await database.rows(sql`insert into core.seal_keys (origin, verifier)
        select coalesce((select k.origin from core.seal_keys k order by k.id limit 1), ${own.name}), ${verifierText(own)}`);
    });
    process.stderr.write(
      'From now on this key seals. Keep the public key of the one before: what it signed is checked with it.\n',
    );
  }
  process.stdout.write(values.pem ? String(own.publicKey.export({ format: 'pem', type: 'spki' })) : `${verifierText(own)}\n`);
  return 0;
}

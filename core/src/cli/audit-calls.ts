// `troupe audit show`, `prove` and `verify-proof`: one call of the record, for people and as a proof.
import { readFileSync } from 'node:fs';
import { sealErrors } from '../seal/errors.ts';
import { checkProof, type Proof, prove } from '../seal/proof.ts';
import { recordUse, verifiersOf, withRecord } from './audit-record.ts';
import type { FoundInstallation } from './installation.ts';
import { jsonText, render } from './render.ts';
import { parseWords, UsageError } from './words.ts';

export async function show(words: readonly string[], found: FoundInstallation): Promise<number> {
  const { values, positionals } = parseWords({
    args: [...words],
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  });
  const proof = await provenCall(positionals, found, 'core.show-call');
  const rows = proof.rows.map(({ index, leaf, body, changes }) => ({
    position: index,
    ...(JSON.parse(leaf) as { entry: Record<string, string> }).entry,
    body: body === '' ? '(erased)' : body,
    changes: changes.map(({ schema_name, table_name, key, operation, before, after }) => ({
      table: `${schema_name}.${table_name}`,
      key,
      operation,
      before,
      after,
    })),
  }));
  process.stdout.write(values.json ? `${jsonText(rows)}\n` : `${rows.map((row) => render(row)).join('\n\n')}\n`);
  return 0;
}

export async function proveCall(words: readonly string[], found: FoundInstallation): Promise<number> {
  const { positionals } = parseWords({ args: [...words], allowPositionals: true, options: {} });
  process.stdout.write(`${jsonText(await provenCall(positionals, found, 'core.prove-call'), 2)}\n`);
  return 0;
}

export async function verifyProof(words: readonly string[], { settings }: FoundInstallation): Promise<number> {
  const { values, positionals } = parseWords({
    args: [...words],
    allowPositionals: true,
    options: { 'public-key': { type: 'string', multiple: true } },
  });
  const [path, ...more] = positionals;
  if (!path || more.length > 0) throw new UsageError('Usage: troupe audit verify-proof FILE [--public-key FILE]');
  const { proof, checkpoint } = checkProof(readProof(path), verifiersOf(values['public-key'], settings));
  const places = proof.rows.map(({ index }) => index).join(', ');
  process.stdout.write(
    `The call ${proof.callId} stands in the log ${checkpoint.origin} at ${places} of ${checkpoint.size}: row, body and changes are as they were sealed.\n`,
  );
  return 0;
}

async function provenCall(positionals: readonly string[], found: FoundInstallation, action: string): Promise<Proof> {
  const [callId, ...more] = positionals;
  if (!callId || more.length > 0) throw new UsageError('Give the id of one call.');
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(callId)) throw sealErrors.unknown_call({ callId });
  return withRecord(found, async (database) => {
    const proof = await prove(database.rows, callId.toLowerCase());
    await recordUse(database, found, { action, effect: 'read', input: { callId } });
    return proof;
  });
}

function readProof(path: string): unknown {
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw sealErrors.bad_proof({ reason: 'it is not JSON' }, cause);
  }
}

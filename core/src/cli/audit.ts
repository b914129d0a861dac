// `troupe audit …`: checks the sealed record without the server, and proves what stands in it.
import type { FoundInstallation } from './installation.ts';
import { UsageError } from './words.ts';

const USAGE = `troupe audit verify [--checkpoints FILE|FOLDER] [--public-key FILE] [--json]
                                    check every row, body and change against the sealed log and its signed checkpoints
                   --chain URL [--anchor-address 0x…] [--anchors FILE]
                                    and against what was anchored on a chain, by this node of it; FILE: what anchors --json said
troupe audit anchors [--json]       what was anchored on a chain, and what is on its way
troupe audit show CALL_ID [--json]  all that is recorded of a call, and where it stands in the log
troupe audit prove CALL_ID          print a proof (JSON) that can be checked with nothing but the public key
troupe audit verify-proof FILE [--public-key FILE]
                                    check such a proof
troupe audit key [--pem] [--accept] print the public key; --accept lets this key go on with a log that another one began
`;

/** Answers the exit code: 1 when anything is wrong with the record. */
export async function audit([name, ...words]: readonly string[], found: FoundInstallation): Promise<number> {
  if (name === 'verify') return (await import('./audit-verify.ts')).verify(words, found);
  if (name === 'anchors') return (await import('./audit-chain.ts')).anchors(words, found);
  if (name === 'show') return (await import('./audit-calls.ts')).show(words, found);
  if (name === 'prove') return (await import('./audit-calls.ts')).proveCall(words, found);
  if (name === 'verify-proof') return (await import('./audit-calls.ts')).verifyProof(words, found);
  if (name === 'key') return (await import('./audit-key.ts')).key(words, found);
  if (name === undefined || name === '--help') {
    process.stdout.write(USAGE);
    return 0;
  }
  throw new UsageError(`There is no command "audit ${name}".\n${USAGE}`);
}

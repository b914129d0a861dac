// `troupe audit verify`: the whole record against its log, with what is kept outside the database.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../db/database.ts';
import { describeForLog } from '../kernel/translate.ts';
import { openObjects } from '../objects/open.ts';
import { objectsOf } from '../revealed.ts';
import { readAnchors } from '../seal/anchors.ts';
import type { ReadAnchor } from '../seal/chain/read.ts';
import type { OutsideNote } from '../seal/check-roots.ts';
import { sealErrors } from '../seal/errors.ts';
import { type Finding, findingLine } from '../seal/findings.ts';
import type { Verifier } from '../seal/key.ts';
import { type Verified, verifyLog } from '../seal/verify.ts';
import type { Settings } from '../settings.ts';
import { anchorsOnChain, type FoundOnChain } from './audit-chain.ts';
import { recordUse, verifiersOf, withRecord } from './audit-record.ts';
import type { FoundInstallation } from './installation.ts';
import { counted, parseWords, UsageError } from './words.ts';

/** As many checkpoints are read from the object store: those of the largest logs. */
const MOST_ANCHORS = 100;
/** As many findings stand in the JSON; all are counted. */
const MOST_LISTED = 10_000;
const PROGRESS_MS = 5_000;
/** An object of a folder begins with its content type. */
const OBJECT_HEADER = /^troupe-object [^\n]*\n/;

export async function verify(words: readonly string[], found: FoundInstallation): Promise<number> {
  const { values } = parseWords({
    args: [...words],
    options: {
      checkpoints: { type: 'string', multiple: true },
      'public-key': { type: 'string', multiple: true },
      chain: { type: 'string' },
      anchors: { type: 'string', multiple: true },
      'anchor-address': { type: 'string', multiple: true },
      json: { type: 'boolean' },
    },
  });
  const { chain: url, anchors: lists = [], 'anchor-address': addresses = [] } = values;
  if (url === undefined && lists.length + addresses.length > 0)
    throw new UsageError('Name the node of the chain too: --chain URL.');
  const keys = verifiersOf(values['public-key'], found.settings);
  const outside = [...(await checkpointsOutside(found.settings, keys)), ...(values.checkpoints ?? []).flatMap(notesIn)];
  const findings: Finding[] = [];
  const told = (finding: Finding) => {
    if (!values.json) process.stdout.write(`${findingLine(finding)}\n`);
    else if (findings.length < MOST_LISTED) findings.push(finding);
  };
  const isOwn = values['public-key'] === undefined; // with other keys it may be a copy on a machine with nothing of ours
  const { result, seconds, chain } = await withRecord(found, async (database) => {
    const asked = { url: url ?? '', lists, addresses, settings: isOwn ? found.settings : undefined };
    const chain = url === undefined ? undefined : await anchorsOnChain(database.rows, asked);
    const began = performance.now();
    const verified = await verifyLog({
      rows: database.rows,
      keys,
      outside,
      chain,
      found: told,
      progress: everyFewSeconds(began),
    });
    const seconds = (performance.now() - began) / 1000;
    if (verified.faults > 0 && isOwn) await recordFaults(database, found, verified.faults);
    return { result: verified, seconds, chain };
  });
  const rowsPerSecond = Math.round(result.leaves / seconds);
  const { leaves, checkpoints, provenTo, provenOutsideTo, erased, waiting, faults } = result;
  const onChain = chain && { chainId: chain.chainId, addresses: chain.addresses, anchors: chain.anchors.map(anchorReport) };
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ ok: faults === 0, ...result, outside: outside.length, ...(onChain ? { chain: onChain } : {}), seconds, rowsPerSecond, findings })}\n`,
    );
    return faults === 0 ? 0 : 1;
  }
  process.stdout.write(
    `${faults === 0 ? 'Nothing is wrong.' : `${counted(faults, 'finding')}.`} ${counted(leaves, 'sealed row')} in ${seconds.toFixed(1)} s (${rowsPerSecond} rows/s); ${counted(waiting, 'row')} without a seal yet.
It fits ${counted(checkpoints, 'checkpoint')}: the log is the signed one up to row ${provenTo}, by those outside the database up to ${provenOutsideTo}.
Erased bodies: ${erased.bodies}, sides of changes: ${erased.sides}; their hashes stand in the log.\n`,
  );
  if (chain) process.stdout.write(`${chainLine(chain, result)}\n`);
  if (outside.length === 0) process.stderr.write('No checkpoint outside the database was found: a cut tail would not be seen.\n');
  return faults === 0 ? 0 : 1;
}

/** What was found stands in the record too, where those who watch it see it. A record that takes no rows must not hide what was found. */
async function recordFaults(database: Database, found: FoundInstallation, faults: number): Promise<void> {
  const call = { action: 'core.verify-audit', effect: 'read' as const, input: {} };
  await recordUse(database, found, call, sealErrors.tampered({ faults })).catch((error: unknown) =>
    process.stderr.write(`That something was found could not be recorded: ${describeForLog(error)}\n`),
  );
}

const anchorReport = ({ size, root, hash, block, at }: ReadAnchor) => ({
  size,
  root: Buffer.from(root).toString('base64'),
  hash,
  block,
  at,
});

function chainLine({ chainId, addresses, anchors }: FoundOnChain, { anchors: fit, provenOnChainTo }: Verified): string {
  const newest = anchors.findLast(({ size }) => size === provenOnChainTo);
  return `${fit} of ${anchors.length} anchors of ${addresses.join(', ')} on the chain ${chainId} fit: the log is the anchored one up to row ${provenOnChainTo}${newest ? `, since ${newest.at} in block ${newest.block}` : ''}.`;
}

async function checkpointsOutside(settings: Settings, signers: readonly Verifier[]): Promise<OutsideNote[]> {
  const objects = openObjects(objectsOf(settings));
  try {
    return await readAnchors(objects, { signers, most: MOST_ANCHORS });
  } finally {
    await objects.close();
  }
}

function notesIn(path: string): OutsideNote[] {
  const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  return files.map((file) => ({ from: file, note: readFileSync(file, 'utf8').replace(OBJECT_HEADER, '') }));
}

function everyFewSeconds(began: number): (position: number, size: number) => void {
  let last = began;
  return (position, size) => {
    if (performance.now() - last < PROGRESS_MS) return;
    last = performance.now();
    process.stderr.write(`${position} of ${size} rows\n`);
  };
}

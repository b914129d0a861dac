// What `troupe doctor` says of the anchors on a chain: whether the node answers, who pays and with what, and how far the log is anchored.
import { sql } from 'drizzle-orm';
import type { Rows } from '../db/database.ts';
import { TroupeError } from '../errors.ts';
import { type ChainAnchorSettings, coins } from '../seal/chain/anchorer.ts';
import { openNode } from '../seal/chain/node.ts';
import { openSigner } from '../seal/chain/signer.ts';
import { sealErrors } from '../seal/errors.ts';
import { withRecord } from './audit-record.ts';
import type { Finding } from './doctor.ts';
import type { FoundInstallation } from './installation.ts';
import { counted, errorLine } from './words.ts';

/** An anchor that is so many times later than it should be is worth a look. */
const LATE = 3;

export async function chainFindings(found: FoundInstallation, settings: ChainAnchorSettings): Promise<Finding[]> {
  const { address } = await openSigner(settings);
  return [await nodeFinding(settings, address), await lastAnchor(found, settings, address)];
}

async function nodeFinding({ url, chainId }: ChainAnchorSettings, address: string): Promise<Finding> {
  const what = 'chain';
  try {
    const node = openNode(url.reveal());
    const answered = await node.chainId();
    if (answered !== chainId) throw sealErrors.other_chain({ expected: chainId, answered });
    const balance = await node.balance(address);
    const says = `${chainId}, paid for by ${address}, which holds ${coins(balance)}`;
    if (balance === 0n) return { state: 'bad', what, says, todo: 'send it some coins of that chain' };
    return { state: 'ok', what, says };
  } catch (error) {
    const isAway = error instanceof TroupeError && error.code === sealErrors.chain_unreachable.code;
    return { state: isAway ? 'note' : 'bad', what, says: errorLine(error), todo: 'check TROUPE_ANCHOR_CHAIN_URL and _ID' };
  }
}

async function lastAnchor(found: FoundInstallation, settings: ChainAnchorSettings, address: string): Promise<Finding> {
  try {
    return await withRecord(found, ({ rows }) => anchorFinding(rows, settings, address));
  } catch (error) {
    return { state: 'note', what: 'anchor', says: `not known: ${errorLine(error)}` };
  }
}

interface AnchorsNow {
  readonly confirmed: string | null;
  readonly block: string | null;
  readonly minutes: number | null;
  readonly open: string | null;
  readonly state: string | null;
  readonly sealed: string;
}

async function anchorFinding(rows: Rows, { chainId, everyMinutes }: ChainAnchorSettings, address: string): Promise<Finding> {
  const what = 'anchor';
  const [made] = await rows<{ there: boolean }>(sql`select to_regclass('core.chain_anchors') is not null as there`);
  if (!made?.there) return { state: 'note', what, says: 'none yet', todo: 'troupe migrate' };
  const [now] = await rows<AnchorsNow>(sql`
    with mine as (select * from core.chain_anchors a where a.chain_id = ${chainId} and a.address = ${address})
    select c.size as confirmed, c.block_number as block, extract(epoch from now() - c.block_at)::float8 / 60 as minutes,
      o.size as open, o.state, coalesce((select max(k.size) from core.checkpoints k), 0) as sealed
    from (select 1) one
    left join lateral (select * from mine where state = 'confirmed' order by nonce desc limit 1) c on true
    left join lateral (select * from mine where state not in ('confirmed', 'displaced') order by nonce desc limit 1) o on true`);
  const { confirmed, block, minutes, open, state, sealed } = now as AnchorsNow; // it always has its row
  const waits = open === null ? '' : `; row ${open} is on its way (${state})`;
  if (confirmed === null) return { state: 'note', what, says: `none yet of ${counted(sealed, 'sealed row')}${waits}` };
  const says = `up to row ${confirmed} of ${sealed}, ${counted(Number(minutes).toFixed(0), 'minute')} ago in block ${block}${waits}`;
  const isLate = Number(sealed) > Number(confirmed) && Number(minutes) > LATE * everyMinutes;
  return isLate ? { state: 'note', what, says, todo: 'the log of a running server says why' } : { state: 'ok', what, says };
}

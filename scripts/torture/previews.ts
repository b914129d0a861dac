// Dry runs of every write by those who may see little: nothing of anybody else's stands in what they are shown.

import { actions } from '../../test/decisions.ts';
import { changedByActions, stateNow, storedHashes } from '../../test/domain-state.ts';
import { type FurnishedHouse, knownToStrangers, startFurnishedHouse, type Things } from '../../test/furnished-house.ts';
import { plausibleInputs } from '../../test/plausible-inputs.ts';
import { previewOf, shownOf } from '../../test/previews.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { randomOf } from './random.ts';

const ROUNDS = { short: 2, long: 40 };
const MARGIN = /"table":"(ledger|identity)\./;
const BY_CANARY = 'ledger.post-entry';
const writes = actions.filter(({ effect }) => effect === 'write').map(({ name }) => name);

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const random = randomOf(seed);
  const house = await startFurnishedHouse();
  const viewer = await newViewer(house);
  const before = await stateNow(house);
  const hashes = await storedHashes(house);
  const rows: (string | number)[][] = [];
  const broken: string[] = [];
  const walk = async (name: string, caller: FurnishedHouse['guest'], things: () => Things) => {
    let previews = 0;
    const faults: string[] = [];
    for (const action of writes) {
      const input = await plausibleInputs[action]?.input({ upload: house.upload, things: things() });
      const text = await previewOf(house, caller, { action, input });
      if (text.includes('"changes":')) previews += 1;
      faults.push(...shownOf(text, { action, input, hashes }));
      if (MARGIN.test(text) && caller === house.guest) faults.push(`${action} shows the books or who people are`);
    }
    broken.push(...faults.map((fault) => `${name}: ${fault}`));
    rows.push([name, writes.length, previews, faults.length]);
  };
  const known = knownToStrangers(house.things);
  await walk('a stranger', house.guest, () => known);
  await walk('a viewer', viewer, () => known);
  for (let round = 0; round < ROUNDS[isShort ? 'short' : 'long']; round += 1) {
    const by = round % 2 === 0 ? ('stranger' as const) : ('viewer' as const);
    await walk(`a ${by}, ids changed, ${round}`, by === 'stranger' ? house.guest : viewer, () => bent(known, random));
  }
  broken.push(...(await changedByActions(house, before)).map((table) => `a dry run has changed ${table}`));
  const input = await plausibleInputs[BY_CANARY]?.input(house);
  if (
    shownOf(await previewOf(house, house.owner, { action: BY_CANARY, input }), { action: BY_CANARY, input: '', hashes })
      .length === 0
  )
    broken.push('the Owner reads no canary in a preview: nothing was looked for');
  return {
    tables: [{ title: 'Dry runs of every write', columns: ['', 'asked', 'previews', 'show too much'], rows }],
    notes: [`${hashes.length} stored hashes and every text of somebody else's are looked for. On PGlite.`],
    broken,
  };
}

async function newViewer({ ask, signInByLink }: FurnishedHouse): Promise<FurnishedHouse['guest']> {
  const { personId = '' } = await ask('identity.create-person', { name: 'A viewer', email: 'a-viewer@people.test' });
  await ask('identity.grant-role', { personId, role: 'viewer' });
  return signInByLink(personId);
}

/** Every id may stand for another one. */
function bent(things: Things, random: () => number): Things {
  const ids = Object.entries(things).filter(([, value]) => /^[0-9a-f-]{36}$/.test(value));
  const drawn = ids.map(([name]) => [name, ids[Math.floor(random() * ids.length)]?.[1] ?? '']);
  return { ...things, ...Object.fromEntries(drawn) };
}

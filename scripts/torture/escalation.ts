// Nobody comes by rights that nobody who held them gave; an agent may what both may; lists show what point checks allow.
import { leftOut, onEachDatabase, type Place } from '../bench/places.ts';
import type { TortureOptions, TortureReport } from '../torture.ts';
import { actForPeople } from './escalation/agents.ts';
import { openCompany } from './escalation/company.ts';
import { giveAtRandom } from './escalation/giving.ts';
import { compareLists } from './escalation/lists.ts';
import { randomOf } from './random.ts';

const PROFILES = {
  short: { gifts: 500, agents: 100, comparisons: 300 },
  long: { gifts: 10_000, agents: 10_000, comparisons: 100_000 },
};

export async function run({ isShort, seed }: TortureOptions): Promise<TortureReport> {
  const profile = PROFILES[isShort ? 'short' : 'long'];
  const broken: string[] = [];
  const refusals: (string | number)[][] = [];
  const rows = await onEachDatabase(async (place) => [await torture(place)]);
  return {
    tables: [
      {
        title: 'Grants, roles, tokens and invitations by people who are no Owners; agents for people; lists beside point checks',
        columns: [
          '',
          'gifts tried',
          'done',
          'of them invitations',
          'rights gained',
          'agents asked',
          'rows compared',
          'of them shown',
          's',
        ],
        rows,
      },
      { title: 'What gifts were refused with', columns: ['', 'code', 'times'], rows: refusals },
    ],
    notes: [
      'A gift is broken if anybody gains a permission, on a brand or the company, or a role on a department, that its giver did not hold there.',
      ...leftOut(),
    ],
    broken,
  };

  async function torture(place: Place): Promise<(string | number)[]> {
    const began = performance.now();
    const random = randomOf(seed);
    const company = await openCompany(await place.newHome());
    const given = await giveAtRandom(company, profile.gifts, random);
    await company.deal();
    const acted = await actForPeople(company, profile.agents, random);
    const compared = await compareLists(company, profile.comparisons, random);
    await company.house.close();
    if (given.done === 0 || given.invited === 0 || given.gains === 0 || compared.shown === 0)
      broken.push(`${place.kind}: nothing was given or shown`);
    broken.push(...[...given.broken, ...acted, ...compared.broken].map((sentence) => `${place.kind}: ${sentence}`));
    refusals.push(...[...given.codes].sort((one, other) => other[1] - one[1]).map(([code, times]) => [place.kind, code, times]));
    const s = Math.round((performance.now() - began) / 1000);
    return [
      place.kind,
      profile.gifts,
      given.done,
      given.invited,
      given.gains,
      profile.agents,
      compared.comparisons,
      compared.shown,
      s,
    ];
  }
}

// What was not recorded has not happened, for every write that is installed; and what a dry run shows is its viewer's own.
import { asOwner } from '@troupe-os/core/testing';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import installation from '../troupe.config.ts';
import { changedByActions, changedTables, domainState, stateNow, storedHashes } from './domain-state.ts';
import { CANARY, type FurnishedHouse, knownToStrangers, startFurnishedHouse } from './furnished-house.ts';
import { plausibleInputs } from './plausible-inputs.ts';
import { previewOf, shownOf } from './previews.ts';

const actions = installation.plugins.flatMap((plugin) => [...plugin.actions]);
const writes = actions.filter(({ effect }) => effect === 'write').map(({ name }) => name);
/** No row of the record; a table that never changes; no call. */
const GUARDED = /^TR00[123]$/;

let house: FurnishedHouse;
beforeAll(async () => {
  house = await startFurnishedHouse();
}, 300_000);

const inputOf = async (action: string) => plausibleInputs[action]?.input(house);
const callerOf = (action: string) => {
  const by = plausibleInputs[action]?.by ?? 'owner';
  return by === 'itself' ? house.itself(action) : house[by];
};

test('every action has a plausible input here, so that it takes part', () => {
  expect(actions.map(({ name }) => name).filter((name) => !plausibleInputs[name])).toEqual([]);
});

describe('a write is whole or not at all', () => {
  test('each has something to do in this house: its dry run works, and changes nothing', async () => {
    const before = await domainState(house);
    const failed: Record<string, unknown> = {};
    for (const action of writes) {
      const previewed = await attempt(action, callerOf(action), { dryRun: true });
      if (previewed !== 'done') failed[action] = previewed;
    }
    expect(failed).toEqual({});
    expect(await domainState(house)).toEqual(before);
  }, 300_000);

  test('where the record takes no row, every write fails and no row of any domain table has changed', async () => {
    const before = await domainState(house);
    const jobs = await waitingJobs();
    const inputs = new Map<string, unknown>();
    for (const action of writes) inputs.set(action, await inputOf(action));
    const done: string[] = [];
    await asOwner(house.database, sql`revoke insert on core.audit_entries from troupe_app`);
    try {
      for (const action of writes) {
        const outcome = await attempt(action, callerOf(action), { input: inputs.get(action) });
        if (outcome !== 'core.internal') done.push(`${action}: ${outcome}`);
      }
    } finally {
      await asOwner(house.database, sql`grant insert on core.audit_entries to troupe_app`);
    }
    expect(done).toEqual([]);
    expect(await domainState(house)).toEqual(before);
    expect(await waitingJobs()).toEqual(jobs);
  }, 300_000);

  test('no domain table takes a change without the row of the record that belongs to it', async () => {
    const before = await domainState(house);
    const taken: string[] = [];
    for (const [name] of Object.entries(before).filter(([, state]) => !state.startsWith('0 '))) {
      const touch = sql`update ${sql.raw(name)} set ${sql.raw(await firstColumn(name))} where ctid in (select ctid from ${sql.raw(name)} limit 1)`;
      for (const call of ['', crypto.randomUUID()]) {
        const change = house.database.transaction({}, async (tx) => {
          await tx.rows(sql`select set_config('troupe.call', ${call}, true)`);
          await tx.rows(touch);
        });
        const refusal = await change.then(
          () => 'taken',
          (error: { code?: string }) => error.code ?? String(error),
        );
        if (!GUARDED.test(refusal)) taken.push(`${name} ${call}: ${refusal}`);
      }
    }
    expect(taken).toEqual([]);
    expect(await domainState(house)).toEqual(before);
  });

  test('an entry that does not add up is refused in a dry run as it is at the commit', async () => {
    const { things } = house;
    const unbalanced = {
      memo: 'unbalanced',
      postings: [
        { path: things.path, unit: 'EUR', amount: '250' },
        { path: 'equity:capital', unit: 'EUR', amount: '-249' },
      ],
    };
    for (const dryRun of [true, false])
      await expect(house.call(house.owner, 'ledger.post-entry', unbalanced, { dryRun })).rejects.toMatchObject({
        code: 'ledger.unbalanced',
      });
  });

  test('the same calls work once the record takes rows again', async () => {
    const before = await domainState(house);
    expect(await attempt('ledger.post-entry', house.owner, {})).toBe('done');
    expect(changedTables(before, await domainState(house))).toEqual(['ledger.balances', 'ledger.entries', 'ledger.postings']);
  });
});

describe("a stranger's dry run", () => {
  test("shows nothing of anybody else's, whichever write it is of, and changes nothing", async () => {
    const before = await stateNow(house);
    const hashes = await storedHashes(house);
    expect(hashes.length).toBeGreaterThan(3);
    const stranger = { upload: house.upload, things: knownToStrangers(house.things) };
    const shown: string[] = [];
    for (const action of writes) {
      const input = await plausibleInputs[action]?.input(stranger);
      const text = await previewOf(house, house.guest, { action, input });
      shown.push(...shownOf(text, { action, input, hashes }));
    }
    expect(shown).toEqual([]);
    expect(await changedByActions(house, before)).toEqual([]);
  }, 300_000);

  test('tells whoever holds the secret of a purchase nothing of the books, and no hash', async () => {
    const hashes = await storedHashes(house);
    const shown: string[] = [];
    for (const action of writes.filter((name) => plausibleInputs[name]?.by === 'guest')) {
      const text = await previewOf(house, house.guest, { action, input: await inputOf(action) });
      if (/"table":"(ledger|identity)\./.test(text)) shown.push(`${action}: ${text}`);
      if (hashes.some((hash) => text.includes(hash))) shown.push(`${action} shows a hash`);
    }
    expect(shown).toEqual([]);
  });

  test('would have been noticed: the Owner reads the canaries in a preview of the same calls', async () => {
    const { changes } = await house.call(house.owner, 'ledger.post-entry', await inputOf('ledger.post-entry'), { dryRun: true });
    expect(JSON.stringify(changes)).toContain(CANARY);
  });
});

/** `done`, or the code of the error. */
async function attempt(
  action: string,
  caller: FurnishedHouse['guest'],
  { input, dryRun = false }: { input?: unknown; dryRun?: boolean },
) {
  try {
    await house.call(caller, action, input ?? (await inputOf(action)), { dryRun });
    return 'done';
  } catch (error) {
    const { code = String(error), details } = error as { code?: string; details?: unknown };
    return dryRun ? `${code} ${JSON.stringify(details ?? {})}` : code;
  }
}

/** `column = column`: an update that changes nothing, and is one all the same. */
async function firstColumn(table: string): Promise<string> {
  const [row] = await asOwner<{ name: string }>(
    house.database,
    sql`select format('%1$I = %1$I', attname) as name from pg_attribute
      where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum limit 1`,
  );
  return row?.name ?? '';
}

/** What waits in the queue and in the outbox, and which files were handed over. */
async function waitingJobs(): Promise<unknown> {
  return asOwner(
    house.database,
    sql`select (select count(*) from core.outbox) as events, (select count(*) from core.job_steps) as steps,
      (select count(*) from core.idempotency) as keys,
      (select count(*) from queue.job where data::text not like '%schedule:%') as jobs`,
  );
}

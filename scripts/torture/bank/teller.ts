// The process that is killed: transfers at random by several callers, and reads of all balances beside them, until its input ends.
// Its words: the home and a seed. It says each transfer before it is tried and when it is answered, and each read.
import { setTimeout } from 'node:timers/promises';
import { randomOf } from '../random.ts';
import { ACCOUNTS, openBank, readBalances, type Transfer, transfer } from './accounts.ts';

const CALLERS = 4;
const MOST = 3_000;
const PAUSE_MS = 50;

/** A line of what it says. */
export type Said =
  | ({ readonly what: 'try' } & Transfer)
  | { readonly what: 'done'; readonly key: string }
  | { readonly what: 'refused'; readonly key: string }
  | { readonly what: 'read'; readonly balances: readonly string[] }
  | { readonly what: 'disturbed'; readonly code: string };

const [folder = '', databaseUrl = '', seed = ''] = process.argv.slice(2);
const house = await openBank({ folder, databaseUrl: databaseUrl || undefined });
let goesOn = true;
process.stdin.on('end', () => {
  goesOn = false;
});
process.stdin.resume();
const say = (said: Said) => process.stdout.write(`${JSON.stringify(said)}\n`); // a pipe: written before it goes on
await Promise.all([readOn(), ...Array.from({ length: CALLERS }, (_, caller) => moveOn(randomOf(Number(seed) + caller)))]);
await house.close();
process.exit(0);

async function moveOn(random: () => number): Promise<void> {
  const below = (limit: number) => Math.floor(random() * limit);
  while (goesOn) {
    const from = below(ACCOUNTS);
    const to = (from + 1 + below(ACCOUNTS - 1)) % ACCOUNTS;
    const wanted = { key: crypto.randomUUID(), from, to, amount: 1 + below(MOST) };
    say({ what: 'try', ...wanted });
    while (!(await move(wanted))) await setTimeout(PAUSE_MS);
  }
}

/** Whether it is decided; else the same is to be tried again. */
async function move(wanted: Transfer): Promise<boolean> {
  const { key } = wanted;
  try {
    await transfer(house, wanted);
    say({ what: 'done', key });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ledger.below_minimum') say({ what: 'disturbed', code });
    else say({ what: 'refused', key });
    return code === 'ledger.below_minimum';
  }
}

async function readOn(): Promise<void> {
  while (goesOn) {
    try {
      say({ what: 'read', balances: (await readBalances(house)).map(String) });
    } catch (error) {
      say({ what: 'disturbed', code: codeOf(error) });
      await setTimeout(PAUSE_MS);
    }
  }
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error);
}

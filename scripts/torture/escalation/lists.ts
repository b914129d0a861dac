// A list shows a row to somebody exactly where asking for that one row answers it, and the same; a list of one's own shows nothing else.
import type { Caller } from '../../../core/src/kernel/call.ts';
import { operator } from '../treasury.ts';
import { BRANDS, type Company, personOf } from './company.ts';
import { pick } from './giving.ts';

const ACCOUNTS = 40;
const TYPES = ['asset', 'income', 'expense'] as const;
const ABSENT = new Set([
  'core.unknown_action',
  'ledger.unknown_account',
  'workforce.unknown_agent',
  'workforce.unknown_conversation',
]);
type Row = Readonly<Record<string, unknown>>;

interface Pair {
  readonly list: string;
  readonly get: string;
  readonly key: string;
  /** The list is of one's own, and some may read others' one by one. */
  readonly isOwn?: boolean;
}

const PAIRS: readonly Pair[] = [
  { list: 'ledger.list-accounts', get: 'ledger.get-balance', key: 'path' },
  { list: 'workforce.list-agents', get: 'workforce.get-agent', key: 'agentId' },
  { list: 'workforce.list-conversations', get: 'workforce.get-conversation', key: 'conversationId', isOwn: true },
];

export interface Compared {
  readonly comparisons: number;
  readonly shown: number;
  readonly broken: readonly string[];
}

export async function compareLists(company: Company, wanted: number, random: () => number): Promise<Compared> {
  const { people, agents } = company;
  const all = await fill(company, random);
  const broken: string[] = [];
  let [comparisons, shown] = [0, 0];
  while (comparisons < wanted) {
    const caller = drawCaller(people, agents, random);
    for (const { list, get, key, isOwn = false } of PAIRS) {
      const rows = new Map((await readAll(company, caller, list)).map((row) => [row[key], row]));
      for (const name of all.get(list) ?? []) {
        const one = await company.ask<Row>(caller, get, { [key]: name }).catch(absent);
        const listed = rows.get(name);
        comparisons += 1;
        if (listed) shown += 1;
        const who = `${caller.principal.id}${caller.onBehalfOf ? ` for ${caller.onBehalfOf.id}` : ''}`;
        if (!one !== !listed && !(isOwn && one))
          broken.push(`${list} ${listed ? 'shows' : 'hides'} ${name}, ${get} does not, to ${who}`);
        else if (
          one &&
          listed &&
          !isOwn &&
          Object.entries(listed).some(([field, value]) => JSON.stringify(one[field]) !== JSON.stringify(value))
        )
          broken.push(`${list} and ${get} say not the same of ${name} to ${who}`);
        rows.delete(name);
      }
      for (const name of rows.keys()) broken.push(`${list} shows ${name}, which nobody made`);
    }
  }
  return { comparisons, shown, broken };
}

/** Accounts of brands and of the company, conversations of several people; answers the keys of all rows by the name of the list. */
async function fill(company: Company, random: () => number): Promise<Map<string, readonly unknown[]>> {
  const { people, agents, ask } = company;
  for (let at = 0; at < ACCOUNTS; at += 1) {
    const type = pick(random, TYPES);
    const root = { asset: 'assets', income: 'income', expense: 'expenses' }[type];
    const brand = pick(random, [{}, ...BRANDS.map((brandId) => ({ brandId }))]);
    await ask(operator, 'ledger.open-account', {
      path: `${root}:torture:${at}`,
      title: `Account ${at}`,
      type,
      unit: 'EUR',
      ...brand,
    });
  }
  const conversations: unknown[] = [];
  for (const person of people) {
    const begun = ask<Row>(personOf(person), 'workforce.start-conversation', { agentId: pick(random, agents) });
    const conversation = await begun.catch(absent);
    if (conversation) conversations.push(conversation.conversationId);
  }
  const keysOf = async ({ list, key }: Pair) => (await readAll(company, operator, list)).map((row) => row[key]);
  const [accounts, staff] = PAIRS as [Pair, Pair, Pair];
  return new Map<string, readonly unknown[]>([
    [accounts.list, await keysOf(accounts)],
    [staff.list, await keysOf(staff)],
    ['workforce.list-conversations', conversations],
  ]);
}

function drawCaller(people: readonly string[], agents: readonly string[], random: () => number): Caller {
  const person = personOf(pick(random, people));
  if (random() < 0.7) return person;
  const id = pick(random, agents);
  return { principal: { id, kind: 'agent', name: id, credential: 'torture' }, onBehalfOf: person.principal, tainted: false };
}

async function readAll({ ask }: Company, caller: Caller, list: string): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const input = { limit: 20, ...(cursor && { cursor }) };
    const page = await ask<{ items: Row[]; nextCursor?: string }>(caller, list, input).catch(absent);
    if (!page) return rows;
    rows.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return rows;
}

function absent(error: { code?: string }): undefined {
  if (!ABSENT.has(error.code ?? '')) throw error;
}

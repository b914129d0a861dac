// Calls drawn at random, made as an agent's tools make them: plausible inputs, and inputs that somebody has bent.
import { callAction } from '../../../agents/src/call-action.ts';
import type { Run } from '../../../agents/src/run-parts.ts';
import { actions } from '../../../test/decisions.ts';
import { plausibleInputs } from '../../../test/plausible-inputs.ts';
import { AGENTS, PRIVATE, ROLES, type World } from './world.ts';

export interface Drawn {
  readonly calls: number;
  /** What an answer held that was not the person's to read. */
  readonly leaks: readonly string[];
}

const MOST_CALLS = 6;

/** One run of one to six calls by an agent for a person, both drawn too. */
export async function randomRun(world: World, random: () => number): Promise<Drawn> {
  const { house, people, agents, things } = world;
  const [agent, person] = [pick(random, AGENTS), pick(random, ROLES)];
  const principal = { id: agents[agent], kind: 'agent' as const, name: agent, credential: 'conversation:torture' };
  const caller = { principal, onBehalfOf: people[person].principal, tainted: random() < 0.2 };
  const open = await house.kernel.actionsFor(caller);
  let tainted = caller.tainted;
  const run: Run = {
    kernel: house.kernel,
    caller,
    requestId: crypto.randomUUID(),
    trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: new AbortController().signal,
    runId: crypto.randomUUID(),
    open: new Map(open.map((one) => [one.action.name, one])),
    onEvent() {},
    tainted: () => tainted,
    taint() {
      tainted = true;
    },
  };
  const calls = 1 + Math.floor(random() * MOST_CALLS);
  const leaks: string[] = [];
  for (let at = 0; at < calls; at += 1) {
    const action = pick(random, actions).name;
    const plausible = await plausibleInputs[action]?.input({ things, upload: (name) => house.upload(name, caller) });
    const args = random() < 0.5 ? plausible : bend(plausible as object, random, world);
    const answer = await callAction(run, { step: 1, toolCallId: String(at) }, { tool: action, action, args });
    const text = JSON.stringify(answer) ?? '';
    for (const [secret, readers] of Object.entries(PRIVATE))
      if (text.includes(secret) && !readers.includes(person))
        leaks.push(`${action} showed ${secret} to an agent of one ${person}`);
  }
  return { calls, leaks };
}

const HOSTILE: readonly unknown[] = [
  '-1',
  '0',
  '10000',
  '999999999999',
  'JPY',
  '',
  "'; drop table ledger.entries; --",
  '../../etc/passwd',
  '{{7*7}}',
  '\u0000',
  '\u202e',
  'x'.repeat(5_000),
  null,
  true,
  -1,
  1e308,
  [],
  {},
  'https://169.254.169.254/',
  'owner',
  '*',
];
const FORGED: Readonly<Record<string, unknown>> = {
  approvalId: 'a',
  tainted: false,
  caller: { principal: { kind: 'operator' } },
  onBehalfOf: 'owner',
  again: true,
  dryRun: true,
  idempotencyKey: 'k',
  role: 'owner',
  __proto__: { role: 'owner' },
};

/** Another value somewhere in it, somebody else's id, or a field that nobody asked for. */
function bend(input: object, random: () => number, { things }: World): object {
  const bent = structuredClone(input) as Record<string, unknown>;
  const kind = random();
  if (kind < 0.3) {
    const [name, value] = pick(random, Object.entries(FORGED));
    return { ...bent, [name]: value };
  }
  const places = placesIn(bent);
  const place = pick(random, places);
  if (!place) return bent;
  place.in[place.name] = kind < 0.5 ? pick(random, Object.values(things)) : pick(random, HOSTILE);
  return bent;
}

/** Every field, nested ones too. */
function placesIn(value: unknown): { in: Record<string, unknown>; name: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ in: holder, name }, ...placesIn(holder[name])]);
}

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

import type { Command, Door } from '@troupe-os/core';
import { parseWords, show, UsageError, withoutControls } from '@troupe-os/core/command-line';

const USAGE = 'access explain WHO ACTION [--for PERSON] [--input JSON] [--json]';

/** `troupe access explain`: names what decides. People are named by id or e-mail address. */
export const accessCommand: Command = {
  name: 'access',
  summary: 'say why somebody may or may not use an action',
  usage: 'access explain WHO ACTION',
  async run(words, door) {
    const { values, positionals } = parseWords({
      args: [...words],
      allowPositionals: true,
      options: { for: { type: 'string' }, input: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [verb, who, action, ...more] = positionals;
    if (verb !== 'explain' || !who || !action || more.length > 0) throw new UsageError(`It is: ${USAGE}`);
    const response = await ask(door, 'governance/explain-access', {
      actorId: await idOf(door, who),
      action,
      ...(values.for ? { onBehalfOf: await idOf(door, values.for) } : {}),
      ...(values.input ? { input: parse(values.input) } : {}),
    });
    if (!response.ok || values.json) return show(response, values.json ?? false);
    const { decision, steps } = (await response.json()) as { decision: string; steps: { says: string; why: string }[] };
    const lines = steps.map(({ says, why }) => `  ${says.padEnd(12)}  ${why}`);
    const verdict = decision === 'unknown' ? 'no: for them this action does not exist' : decision;
    process.stdout.write(withoutControls(`${[verdict, ...lines].join('\n')}\n`));
    return 0;
  },
};

const ask = (door: Door, path: string, body: unknown) =>
  door.fetch(`/api/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

/** Errors: UsageError for an address that nobody has. */
async function idOf(door: Door, who: string): Promise<string> {
  if (!who.includes('@')) return who;
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
    const response = await ask(door, 'identity/list-people', { limit: 100, ...(cursor ? { cursor } : {}) });
    if (!response.ok) throw new UsageError('People cannot be looked up by address here: name the id.');
    const page = (await response.json()) as { items: { personId: string; email?: string }[]; nextCursor?: string };
    const found = page.items.find(({ email }) => email?.toLowerCase() === who.toLowerCase());
    if (found) return found.personId;
    cursor = page.nextCursor;
  }
  throw new UsageError(`Nobody has the address ${who}.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('--input takes JSON.', { cause });
  }
}

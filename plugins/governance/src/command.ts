import type { Command, Door } from '@troupe-os/core';
import { idNamed, listsBehind, operationsOf, parseWords, show, UsageError, withoutControls } from '@troupe-os/core/command-line';

const USAGE = 'access explain WHO ACTION [--for PERSON] [--input JSON] [--json]';

/** Callers of whom there is no record. */
const NO_RECORDS: ReadonlySet<string> = new Set(['guest', 'local-operator']);

/** `troupe access explain`: names what decides. People and agents are named by id, name or e-mail address. */
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
    const lists = listsBehind(door, await operationsOf(door));
    const idOf = (name: string) =>
      NO_RECORDS.has(name) ? name : idNamed(name, ['identity.list-people', 'workforce.list-agents'], lists);
    const response = await ask(door, 'governance/explain-access', {
      actorId: await idOf(who),
      action,
      ...(values.for ? { onBehalfOf: await idOf(values.for) } : {}),
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError('--input takes JSON.', { cause });
  }
}

// Names in the place of ids at a terminal, and the lists that they are looked up in.
import type { AnyAction } from '@troupe-os/core';
import { expect, test } from 'vitest';
import installation from '../troupe.config.ts';
import { callRest, newPlace, startServer, troupe } from './servers.ts';

const actions = installation.plugins.flatMap((plugin): readonly AnyAction[] => plugin.actions);
const inputsOf = (input: object): string[] => Object.keys('shape' in input ? (input.shape as object) : {});

test('each input that a list fills is an input of some action', () => {
  const known = new Set(actions.flatMap(({ name, input }) => inputsOf(input).flatMap((one) => [one, `${name}.${one}`])));
  const lists = actions.flatMap(({ name, entries }) => (entries ? [{ name, inputs: entries.inputs }] : []));
  expect(lists.length).toBeGreaterThan(20);
  expect(lists.map(({ name, inputs }) => [name, inputs.filter((input) => !known.has(input))])).toEqual(
    lists.map(({ name }) => [name, []]),
  );
});

test('a command takes the name of what it is about, and says so when none or several go by it', {
  timeout: 120_000,
}, async () => {
  const place = await newPlace();
  const server = await startServer(place);
  const run = (...words: string[]) => troupe(['run', ...words], place);
  for (const title of ['Twins', 'twins'])
    await callRest(server, server.token, 'assets.create-collection', { title, brandId: 'gallery', description: 'Two' });

  expect(JSON.parse((await run('workforce.get-agent', 'agentId=concierge', '--json')).stdout)).toMatchObject({
    name: 'Concierge',
  });
  expect(await run('workforce.get-agent', 'agentId=Conciergge')).toMatchObject({
    code: 1,
    stderr:
      'Nothing that you may see goes by this name. (core.unknown_name) input: agentId, name: Conciergge, nearest: Concierge\n',
  });
  const both = await run('assets.add-to-collection', 'id=Twins', 'assetIds=x');
  expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining('(core.ambiguous_name) input: id, name: Twins\n') });
  expect(both.stderr.match(/^ {2}\S+ {2}twins$/gim)).toHaveLength(2);
  expect(await troupe(['access', 'explain', 'Concierge', 'workforce.list-agents'], place)).toMatchObject({ code: 0 });
  expect(await troupe(['access', 'explain', 'guest', 'workforce.list-agents'], place)).toMatchObject({ code: 0 });
});

import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { scriptedModel } from '@troupe-os/agents/testing';
import { errorLine, jsonText, render, withoutControls } from '@troupe-os/core/command-line';
import type { Door } from '@troupe-os/core/surface';
import { expect, test, vi } from 'vitest';
import { startChatHouse } from '../../testing/house.ts';
import { chatCommand } from './command.ts';
import { talk } from './talk.ts';
import { writerTo } from './writer.ts';

const { model, env } = await scriptedModel();
const { server } = await startChatHouse(env);
const door: Door = {
  url: server.url,
  token: server.localKey,
  fetch: (path, init = {}) =>
    fetch(`${server.url}${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${server.localKey}` } }),
};

async function troupeChat(...words: string[]) {
  let out = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    out += String(piece);
    return true;
  });
  try {
    const code = await chatCommand.run(words, door, []);
    return { code, out };
  } finally {
    write.mockRestore();
  }
}

test('one message is answered and the command ends; its exit code says how it went', async () => {
  model.onMessage('hello', {
    content: 'Hello to you, and to everybody who reads this line although it is longer than eighty columns.',
  });

  const hello = await troupeChat('--message', 'hello');
  const list = await troupeChat('--message', '/workforce list-agents');

  expect(hello.code).toBe(0);
  expect(hello.out.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(hello.out.replaceAll('\n', ' ')).toContain('longer than eighty columns.');
  expect(list.out).toContain('Concierge');
  expect((await troupeChat('--message', '/workforce get-agent')).code).toBe(2);
  expect((await troupeChat('--message', '/workforce fly')).code).toBe(1);
  await expect(chatCommand.run(['--nonsense'], door, [])).rejects.toThrow('nonsense');
  await expect(chatCommand.run(['--agent', 'Nobody', '--message', 'x'], door, [])).rejects.toMatchObject({
    code: 'chat.unknown_agent',
  });
});

test('for scripts the answer is one line of JSON, with the calls that were made', async () => {
  const call = { name: 'workforce_list_agents', arguments: '{}' };
  model.on({ userMessage: 'list them', hasToolResult: false }, { toolCalls: [call] });
  model.on({ userMessage: 'list them', hasToolResult: true }, { content: 'One.' });

  const { code, out } = await troupeChat('--message', 'list them', '--agent', 'concierge', '--json');

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ text: 'One.', calls: [{ action: 'workforce.list-agents', outcome: 'succeeded' }] });
});

test('at the prompt one line follows the other, and what is refused ends nothing', async () => {
  const { conversationId } = JSON.parse((await troupeChat('--message', '/help', '--json')).out);
  const [input, output] = [new PassThrough(), new PassThrough()];
  input.end('/workforce get-agent\n/workforce list-agents --json\n');

  const code = await talk(door, conversationId, { input, output });
  output.end();

  const said = await text(output);
  expect(code).toBe(0);
  expect(said).toContain('core.invalid_input');
  expect(said).toContain('"name": "Concierge"');
});

test('words are never broken and lines never longer than the terminal', () => {
  let out = '';
  const writer = writerTo({ write: (piece: string) => (out += piece), columns: 12 });
  for (const piece of ['one tw', 'o three fo', 'ur\nfive']) writer.write(piece);
  writer.end();

  expect(out).toBe('one two\nthree four\nfive\n');
});

test('what others have written moves no cursor, sets no title and rings no bell', () => {
  let out = '';
  const writer = writerTo({ write: (piece: string) => (out += piece) });
  const hostile = 'a\u001b]0;title\u0007\u001b[2Kb\u009b31mc\u202e';
  writer.write(`${hostile} `);
  writer.note(hostile);
  writer.block(hostile);
  expect(withoutControls('make:\n\tcc\r\n')).toBe('make:\n\tcc\n');
  const all = [out, render({ hostile, rows: [{ hostile }] }), jsonText({ hostile }), errorLine(new Error(hostile))].join('');
  expect(all).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  expect(JSON.parse(jsonText({ hostile }))).toEqual({ hostile });
});

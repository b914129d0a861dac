import { expect, test } from 'vitest';
import type { ToolDefinition } from './definition.ts';
import { hashOf } from './definition.ts';
import { lookAt } from './review.ts';
import { reviewText } from './review-text.ts';

const tool = (name: string, more: Partial<ToolDefinition> = {}): ToolDefinition => ({
  name,
  description: 'Does it.',
  inputSchema: { type: 'object', properties: {} },
  ...more,
});
const options = { id: 'weather', from: 'file:///x', transport: { url: 'https://x.test' } };
const pinned = (...tools: ToolDefinition[]) => ({
  tools: new Map(tools.map((definition) => [definition.name, { definition, sha256: hashOf(definition) }])),
  faults: [],
});

test('each tool is found as it is: the same, added, changed, gone, or of no use', () => {
  const live = [
    tool('same'),
    tool('new_one'),
    tool('other', { annotations: { readOnlyHint: true } }),
    tool('s3-get'),
    tool('newOne'),
  ];
  const found = lookAt(options, live, pinned(tool('same'), tool('other'), tool('old')));
  expect(found.map(({ name, state, action }) => `${name} ${state} ${action}`)).toEqual([
    'newOne unusable weather.new-one',
    'new_one added weather.new-one',
    'old gone weather.old',
    'other changed weather.other',
    's3-get unusable weather.s3-get',
    'same same weather.same',
  ]);
  expect(found.find(({ name }) => name === 'newOne')?.fault).toContain('"new_one" already');
});

test('whoever decides sees what hides from the eye, and the terminal stays as it is', () => {
  const hidden = `Adds.\u001b[2K\u202e\u200b${String.fromCodePoint(0xe0041)}`;
  const text = reviewText('weather', lookAt(options, [tool('add', { description: hidden })], pinned(tool('add'))));
  expect(text).toContain('was "Does it."');
  expect(text).toContain('\\u{202e}\\u{200b}\\u{e0041}');
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('changes something of consequence, high risk; from admin on');
});

test('the order in which a server writes its members changes nothing, a word in them does', () => {
  const one = tool('add', { inputSchema: { type: 'object', properties: { a: { type: 'string' }, b: {} } } });
  const other = tool('add', { inputSchema: { properties: { b: {}, a: { type: 'string' } }, type: 'object' } });
  expect(hashOf(one)).toBe(hashOf(other));
  expect(hashOf(tool('add', { title: 'x' }))).not.toBe(hashOf(tool('add')));
});

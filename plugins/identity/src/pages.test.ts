import { expect, test } from 'vitest';
import { readText } from './pages.ts';

test('a place in a list is a text that the database can compare', () => {
  const cursor = (text: string) => Buffer.from(JSON.stringify([text])).toString('base64url');
  expect(readText(cursor('gallery'))).toBe('gallery');
  for (const text of ['\0', 'a\ud800', ''])
    expect(() => readText(cursor(text))).toThrow(expect.objectContaining({ code: 'core.invalid_input' }));
});

import { startTestKernel } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import { samplePlugin } from '../index.ts';
import { addItem } from './add-item.ts';
import { listItems } from './list-items.ts';

test('items are listed by title, page by page', async () => {
  const { as, run } = await startTestKernel([samplePlugin]);
  const editor = as({ id: 'ann', roles: ['editor'] });
  for (const title of ['cherry', 'apple', 'banana']) await run(editor, addItem, { title });

  const first = await run(editor, listItems, { limit: 2 });
  const second = await run(editor, listItems, { limit: 2, cursor: first.nextCursor });

  expect([first, second].map(({ items }) => items.map(({ title }) => title))).toEqual([['apple', 'banana'], ['cherry']]);
  expect(second.nextCursor).toBeUndefined();
});

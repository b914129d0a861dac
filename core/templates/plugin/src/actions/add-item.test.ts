import { startTestKernel } from '@troupe-os/core/testing';
import { expect, test } from 'vitest';
import { samplePlugin } from '../index.ts';
import { addItem } from './add-item.ts';

test('an editor adds an item once; a viewer may not', async () => {
  const { as, run } = await startTestKernel([samplePlugin]);
  const editor = as({ id: 'ann', roles: ['editor'] });
  const viewer = as({ id: 'bob', roles: ['viewer'] });
  const item = { title: 'A first item' };

  expect(await run(editor, addItem, item)).toEqual({ itemId: expect.any(String) });

  await expect(run(editor, addItem, item)).rejects.toMatchObject({ code: 'sample.title_taken' });
  await expect(run(viewer, addItem, item)).rejects.toMatchObject({ code: 'core.unknown_action' });
});

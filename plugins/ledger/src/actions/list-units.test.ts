import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { listUnits } from './list-units.ts';

test('a viewer lists the units page by page', async () => {
  const { run, as } = await startBooks();
  const viewer = as({ id: 'vic', roles: ['viewer'] });

  const first = await run(viewer, listUnits, { limit: 2 });
  const second = await run(viewer, listUnits, { limit: 2, cursor: first.nextCursor });

  expect(first.items).toEqual([
    { code: 'EUR', title: 'EUR', scale: 2 },
    { code: 'PTS', title: 'PTS', scale: 0 },
  ]);
  expect(second).toEqual({ items: [{ code: 'USD', title: 'USD', scale: 2 }] });
});

import { expect, test } from 'vitest';
import { startBooks } from '../../testing/books.ts';
import { createUnit } from './create-unit.ts';

test('a unit has a code of its own and a scale of 0 to 18', async () => {
  const { run, admin } = await startBooks();
  const ether = { code: 'ETH', title: 'Ether', scale: 18 };

  expect(await run(admin, createUnit, ether)).toEqual({ code: 'ETH' });

  await expect(run(admin, createUnit, { ...ether, scale: 8 })).rejects.toMatchObject({
    code: 'ledger.unit_taken',
  });
  for (const unit of [
    { code: 'eth' },
    { code: 'WEI', scale: 19 },
    { code: 'WEI', scale: 0.5 },
    { code: 'WEI', title: 'a\u0000b' },
  ]) {
    await expect(run(admin, createUnit, { ...ether, ...unit })).rejects.toMatchObject({
      code: 'core.invalid_input',
    });
  }
});

// The rules that the house offers to begin with hold to what is installed.
import { expect, test } from 'vitest';
import { startFurnishedHouse } from './furnished-house.ts';

test('each example of a rule can be set as it is', async () => {
  const house = await startFurnishedHouse();
  const { examples } = (await house.ask('governance.list-rules')) as unknown as { examples: { name: string }[] };
  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples) {
    const { rule } = (await house.ask('governance.set-rule', example)) as unknown as { rule: object };
    expect(rule).toMatchObject(example);
  }
});

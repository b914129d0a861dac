import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { describeForLog } from './translate.ts';

test('a failed statement is described without its parameters, however deep it stands', () => {
  const failed = new DrizzleQueryError('insert into people values ($1)', ['ann@people.test'], new Error('refused'));
  const told = describeForLog(new Error('outer', { cause: failed }));
  expect(describeForLog(failed)).toContain('query failed <- refused');
  expect(describeForLog(failed) + told).not.toContain('ann@people.test');
  expect(told).toContain('outer <- query failed <- refused');
});

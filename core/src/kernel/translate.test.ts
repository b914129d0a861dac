import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { databaseErrors } from '../db/errors.ts';
import { describeForLog, translate } from './translate.ts';

test('a failed statement is described without its parameters, however deep it stands', () => {
  const failed = new DrizzleQueryError('insert into people values ($1)', ['ann@people.test'], new Error('refused'));
  const told = describeForLog(new Error('outer', { cause: failed }));
  expect(describeForLog(failed)).toContain('query failed <- refused');
  expect(describeForLog(failed) + told).not.toContain('ann@people.test');
  expect(told).toContain('outer <- query failed <- refused');
});

test('a connection that ends under a statement of a handler is no fault of ours: the caller is told to try again', () => {
  const closed = Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' });
  const failed = (cause: Error) => translate(new DrizzleQueryError('select 1', [], cause));
  expect(failed(databaseErrors.unreachable({}, closed))).toMatchObject({ code: 'database.unreachable', kind: 'unavailable' });
  expect(failed(databaseErrors.context_dead())).toMatchObject({ code: 'core.internal' });
  expect(failed(closed)).toMatchObject({ code: 'core.internal' });
});

import { expect, test } from 'vitest';
import { counted, exampleOf, inputOf, kindOf } from './words.ts';

test('one is counted as one, and everything else as several', () => {
  expect([0, 1, 2, '1', '10'].map((count) => counted(count, 'minute'))).toEqual([
    '0 minutes',
    '1 minute',
    '2 minutes',
    '1 minute',
    '10 minutes',
  ]);
});

test('a word that may be a password is not said again', () => {
  const takesPassword = { properties: { password: { type: 'string', format: 'password' } } };
  const said = (pair: string, schema = takesPassword) => {
    try {
      return inputOf([pair], schema);
    } catch (error) {
      return (error as Error).message;
    }
  };

  expect(said('hunter2')).toBe('Inputs are of the form key=value, and number 1 is not.');
  expect(said('hunter2==')).toBe('Input number 1 has no name that is known. It takes: password.');
  expect(said('password=hunter2')).toEqual({ password: 'hunter2' });
  expect(said('titel=x', { properties: { title: { type: 'string', format: 'text' } } } as never)).toBe(
    'There is no input "titel". It takes: title.',
  );
});

test('null is nothing where the schema takes it, of a list too, and a word everywhere else', () => {
  const list = { type: 'array', items: { type: 'string' } } as const;
  const schema = { properties: { list, none: { anyOf: [list, { type: 'null' }] }, word: { type: 'string' } } };
  expect(inputOf(['list=null', 'none=null', 'word=null'], schema)).toEqual({ list: ['null'], none: null, word: 'null' });
  expect(inputOf(['none=one', 'none=two'], schema)).toEqual({ none: ['one', 'two'] });
});

test('help says of what a list or an object is made', () => {
  const amount = { type: ['integer', 'null'] } as const;
  const posting = {
    type: 'object',
    properties: { path: { type: 'string' }, memo: { type: 'string' }, amount },
    required: ['path', 'amount'],
  } as const;
  expect([
    kindOf({ type: 'array', items: posting }),
    kindOf({ type: 'array', items: { type: 'string' } }),
    kindOf({ anyOf: [{ enum: ['draft', 'published'] }, amount] }),
    kindOf({ type: 'array' }),
  ]).toEqual(['list of {path, memo?, amount}', 'list of string', 'draft|published or integer or null', 'list']);
});

test('what has parts is shown as it is typed, with what it needs', () => {
  const posting = {
    type: 'object',
    properties: {
      path: { type: 'string' },
      amount: { type: 'string' },
      sign: { enum: ['debit', 'credit'] },
      memo: { type: 'string' },
    },
    required: ['path', 'amount', 'sign'],
  };
  expect(exampleOf('postings', { type: 'array', items: posting })).toBe(`postings='[{"path":"…","amount":"…","sign":"debit"}]'`);
  expect(exampleOf('tags', { type: 'array', items: { type: 'string' } })).toBeUndefined();
  expect(exampleOf('title', { type: 'string' })).toBeUndefined();
});

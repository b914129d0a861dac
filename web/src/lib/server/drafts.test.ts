import { expect, test } from 'vitest';
import { runsOf } from './drafts.ts';

test('what a draft would change is told word by word', () => {
  expect(runsOf('A quiet harbour at dusk.', 'A quiet harbour at dawn.')).toEqual([
    { text: 'A quiet harbour at ', kind: 'same' },
    { text: 'dusk', kind: 'removed' },
    { text: 'dawn', kind: 'added' },
    { text: '.', kind: 'same' },
  ]);
});

test('texts that would take seconds to compare are told one after the other', () => {
  const [now, proposed] = ['.'.repeat(5000), ','.repeat(5000)];
  expect(runsOf(now, proposed)).toEqual([
    { text: now, kind: 'removed' },
    { text: ' ', kind: 'same' },
    { text: proposed, kind: 'added' },
  ]);
});
